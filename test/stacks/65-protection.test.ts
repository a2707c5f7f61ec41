import { describe, expect, it } from 'vitest';
import { cloud } from '../../lab/cloud/client.ts';
import { stacks } from './stacks.ts';
import { run } from './support.ts';

const isProtected = await Promise.all(
  stacks.map(async ({ pulumi }) => /true/.test((await pulumi('config', 'get', 'protect')).stdout)),
);

describe.each(stacks.filter((_, at) => isProtected[at]))('protection of $name', (stack) => {
  it('refuses every way of destroying it before anything is gone', async () => {
    const before = await cloud.everything();
    for (const refused of [
      await run(stack.pulumiCommand('destroy', '--yes', '--non-interactive')),
      await run(stack.pulumiCommand('destroy', '--yes', '--skip-preview', '--non-interactive')),
      await run(stack.coopCommand('destroy', '--yes')),
    ]) {
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/protect/);
    }
    expect(await cloud.everything()).toEqual(before);
    const { id } = await stack.server();
    if (stack.provider === 'hcloud')
      await expect(cloud.remove(stack.provider, stack.types.server, id)).rejects.toThrow(/protected/);
  });

  it('is lifted by an edit and an `up`, which take nothing away', async () => {
    const ids = async () => (await cloud.everything()).map(({ id }) => id).sort();
    const before = await ids();
    await stack.set('protect', 'false');
    await stack.up();
    expect(await ids()).toEqual(before);
  });
});
