import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { StackConfig } from '../../components/config.ts';
import { type LastOutputs, refusedMoves } from '../../components/last.ts';
import type { StackFile } from '../fixtures/stack.ts';
import { completed, configOf } from './support/config.ts';
import { type Deployment, deploy } from './support/deploy.ts';
import { edits, set } from './support/edits.ts';
import { leaves } from './support/leaves.ts';
import { plan, type Step } from './support/plan.ts';

/** What holds members' data, or the address their servers know. */
const LASTING = [
  'digitalocean:index/droplet:Droplet',
  'digitalocean:index/reservedIp:ReservedIp',
  'digitalocean:index/spacesBucket:SpacesBucket',
  'hcloud:index/server:Server',
  'hcloud:index/primaryIp:PrimaryIp',
];

const losses = (steps: Step[]) =>
  steps.filter(
    ({ operation, type }) => operation !== 'update' && operation !== 'create' && LASTING.includes(type),
  );

const reported = ({ description }: { description: string }) =>
  /ignored .*reported|never renamed/.test(description);

/** What the program would read back after an `up` of this configuration. */
const outputsAfter = ({ domain, primary, secondary }: StackConfig): LastOutputs => ({
  url: `https://${domain}`,
  machines: { primary, ...(secondary && { secondary }) },
});

const box = { provider: 'existing', host: 'box.example.org', address: '203.0.113.40' };

/** The stacks that ship, and one on a host that was there before; with what of each must last. */
const stacks: Record<string, { file: StackFile; lasting: string[] }> = {
  staging: { file: completed('staging'), lasting: ['primary-address', 'primary-droplet'] },
  prod: {
    file: completed('prod'),
    lasting: [
      ...['primary-ipv4', 'primary-ipv6', 'primary-server'],
      ...['secondary-address', 'secondary-droplet'],
    ],
  },
  alpha: { file: completed('alpha'), lasting: ['primary-ipv4', 'primary-ipv6', 'primary-server'] },
  box: { file: set(completed('staging'), { primary: box }), lasting: [] },
};

test('every key of the schema has edits to try, and every edit has a key', () => {
  expect(Object.keys(edits).sort()).toEqual(
    leaves()
      .map(({ path }) => path)
      .sort(),
  );
});

describe.each(Object.entries(stacks))('%s', (stack, { file, lasting }) => {
  let first: Promise<Deployment> | undefined;
  const baseline = () => {
    first ??= deploy(configOf(file), [], stack);
    return first;
  };

  test('makes its machines with their addresses, and two buckets', async () => {
    const { resources } = await baseline();
    expect(
      resources
        .filter(({ type }) => LASTING.includes(type))
        .map(({ name }) => name.replace(`${stack}-`, ''))
        .sort(),
    ).toEqual([...lasting, 'storage-backups', 'storage-media']);
  });

  test('keeps every one of them when it is protected, and none when it is not', async () => {
    const { resources } = await baseline();
    const kept = resources.filter((resource) => resource.protect).map(({ type }) => type);
    expect(kept.every((type) => LASTING.includes(type))).toBe(true);
    expect(kept).toHaveLength(file.protect ? lasting.length + 2 : 0);
  });

  test('the same configuration again plans nothing', async () => {
    const { resources } = await baseline();
    const again = await deploy(configOf(structuredClone(file)), resources, stack);
    expect(plan(resources, again.resources)).toEqual([]);
    expect(again.warnings).toEqual([]);
  });

  // Where the machine is is all that sets the others apart.
  const whole = ['staging', 'prod'].includes(stack);
  const tried = leaves()
    .filter(({ path }) => edits[path]?.(file).length)
    .filter(({ path }) => whole || /^(domain|primary|storage|dns|protect|sshFrom|.*PublicKey)\b/.test(path));
  test.each(tried)(
    'an edit of $path, and taking it back, costs no machine, address or bucket',
    async (leaf) => {
      const config = configOf(file);
      const { resources: old } = await baseline();
      for (const other of edits[leaf.path]?.(file) ?? []) {
        const refused = refusedMoves(configOf(other), outputsAfter(config)).map(({ key }) => key);
        if (refused.length > 0) {
          expect(refused).toEqual([leaf.path]);
          continue;
        }
        // What the program does not refuse it must be able to carry out.
        expect(leaf.description).not.toContain('is refused');
        const next = await deploy(configOf(other), old, stack);
        const steps = plan(old, next.resources);
        expect(losses(steps)).toEqual([]);
        expect(losses(plan(next.resources, old))).toEqual([]);
        const named = next.warnings.filter((warning) => warning.includes(leaf.path));
        expect(named.length > 0).toBe(reported(leaf));
        // Nobody outside the program reads these; every other edit must lead somewhere.
        const silent =
          [
            'expires',
            'dns.zone',
            'rotated.hostPublicKey',
            'rotated.secondaryHostPublicKey',
            'rotated.deployPublicKey',
          ].includes(leaf.path) || isDeepStrictEqual(configOf(other), config);
        expect(steps.length > 0 || reported(leaf) || silent).toBe(true);
      }
    },
  );
});
