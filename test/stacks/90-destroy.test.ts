import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { cloud } from '../../lab/cloud/client.ts';
import { traces } from '../../lab/traces.ts';
import { stacks } from './stacks.ts';
import { coopPath, labDir, must, run } from './support.ts';

const exec = promisify(execFile);

const isProtected = await Promise.all(
  stacks.map(async ({ pulumi }) => /true/.test((await pulumi('config', 'get', 'protect')).stdout)),
);

describe('destroy', () => {
  it.each(stacks.filter((_, at) => isProtected[at]))(
    'of $name is refused before anything is gone, until its protection is lifted in two steps',
    async (stack) => {
      const before = await cloud.everything();
      const refused = await run(stack.pulumiCommand('destroy', '--yes', '--non-interactive'));
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/protected/);
      expect((await run(stack.coopCommand('destroy', '--yes'))).code).not.toBe(0);
      expect(await cloud.everything()).toEqual(before);
      await stack.set('protect', 'false');
      // Its machine was lost before and waits for its backup, so this ends with an error; protection is lifted all the same.
      await run(stack.upCommand(), { seconds: 400 });
    },
  );

  it('leaves nothing in the clouds', async () => {
    // Both ways there are.
    const [first, ...others] = stacks;
    await Promise.all([
      first?.coop('destroy', '--yes'),
      ...others.map(({ pulumi }) => pulumi('destroy', '--yes', '--skip-preview')),
    ]);
    expect(await cloud.everything()).toEqual([]);
    const { stdout } = await exec('docker', ['ps', '-aq', '--filter', 'label=coop.lab']);
    expect(stdout.trim()).toBe('');
  });

  it('and the lab taken down leaves nothing on this machine', async () => {
    expect(await traces(labDir)).not.toEqual([]);
    await must([coopPath, 'lab', 'down', '--yes']);
    expect(await traces(labDir)).toEqual([]);
  });
});
