import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';
import { describeCheckers } from './checkers.ts';

const found = spawnSync(
  'docker',
  ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', 'coop-lab-machine'],
  { encoding: 'utf8' },
);
const image = found.status === 0 ? found.stdout.trim().split('\n')[0] : undefined;

// The lab's tests run the same on an image that they make themselves (test/lab/host-tree.test.ts).
if (!image)
  console.log(
    'skipped: the tools’ checkers on the host tree, because Docker or the machine image (coop lab up) is not here',
  );

describe.skipIf(!image)('the tools’ own checkers', () => describeCheckers(async () => image as string));
