import { describe, expect, it } from 'vitest';
import { type Stack, stacks } from './stacks.ts';
import { run } from './support.ts';

const pairs = stacks.flatMap((one) =>
  stacks.filter((other) => other !== one).map((other) => [one.name, other.name, one, other] as const),
);
const rclone = 'rclone --config /etc/social.coop/rclone.conf --retries 1 --low-level-retries 1';

/** Lists a stack's backups with the key that another stack's machine holds. */
const list = (by: Stack, of: Stack) =>
  run(by.coopCommand('ssh', '--', `${rclone} lsf backups:${of.domain.replaceAll('.', '-')}-backups`));

describe.each(stacks)('$name', (stack) => {
  it('reads its own backups', async () => {
    const { code, stdout } = await list(stack, stack);
    expect(code).toBe(0);
    expect(stdout).toContain('pgbackrest/');
  });

  it('has a state in which no other stack’s resource stands', async () => {
    const { stdout } = await stack.pulumi('stack', 'export');
    const urns = JSON.parse(stdout).deployment.resources.map(({ urn }: { urn: string }) => urn);
    expect(urns.length).toBeGreaterThan(15);
    for (const urn of urns) expect(urn).toMatch(new RegExp(`^urn:pulumi:${stack.name}::`));
  });
});

describe.runIf(pairs.length > 0).each(pairs)('%s beside %s', (_one, _other, one, other) => {
  it('cannot read its backups with the key it has', async () => {
    const { code, output } = await list(one, other);
    expect(code).not.toBe(0);
    // In another region there is no such bucket at all.
    expect(output).toMatch(/AccessDenied|403|directory not found/);
  });
});
