import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { cloud } from '../../lab/cloud/client.ts';
import { traces } from '../../lab/traces.ts';
import { stacks } from './stacks.ts';
import { coopPath, labDir, must } from './support.ts';

const exec = promisify(execFile);

describe('destroy', () => {
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
