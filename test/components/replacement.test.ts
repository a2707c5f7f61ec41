import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { completed, configOf } from './support/config.ts';
import { type Deployment, deploy } from './support/deploy.ts';
import { edits } from './support/edits.ts';
import { leaves } from './support/leaves.ts';
import { plan, type Step } from './support/plan.ts';

/** What holds members' data, or the address their servers know. */
const LASTING = [
  'digitalocean:index/droplet:Droplet',
  'digitalocean:index/reservedIp:ReservedIp',
  'digitalocean:index/spacesBucket:SpacesBucket',
];

const losses = (steps: Step[]) =>
  steps.filter(
    ({ operation, type }) => operation !== 'update' && operation !== 'create' && LASTING.includes(type),
  );

const replaces = ({ description }: { description: string }) => /\breplaces the machine\b/.test(description);
const reported = ({ description }: { description: string }) =>
  /ignored .*reported|never renamed/.test(description);

test('every key of the schema has edits to try, and every edit has a key', () => {
  expect(Object.keys(edits).sort()).toEqual(
    leaves()
      .map(({ path }) => path)
      .sort(),
  );
});

describe.each(['staging', 'prod'])('%s', (stack) => {
  const file = completed(stack);
  let first: Promise<Deployment> | undefined;
  const baseline = () => {
    first ??= deploy(configOf(file), [], stack);
    return first;
  };

  test('makes one machine with its address and two buckets', async () => {
    const { resources } = await baseline();
    expect(
      resources
        .filter(({ type }) => LASTING.includes(type))
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      `${stack}-primary-address`,
      `${stack}-primary-droplet`,
      `${stack}-storage-backups`,
      `${stack}-storage-media`,
    ]);
  });

  test('the same configuration again plans nothing', async () => {
    const { resources } = await baseline();
    const again = await deploy(configOf(structuredClone(file)), resources, stack);
    expect(plan(resources, again.resources)).toEqual([]);
    expect(again.warnings).toEqual([]);
  });

  const tried = leaves().filter(({ path }) => edits[path]?.(file).length);
  test.each(tried)(
    'an edit of $path, and taking it back, costs no machine, address or bucket',
    async (leaf) => {
      const config = configOf(file);
      const { resources: old } = await baseline();
      for (const other of edits[leaf.path]?.(file) ?? []) {
        const next = await deploy(configOf(other), old, stack);
        const steps = plan(old, next.resources);
        if (!replaces(leaf)) {
          expect(losses(steps)).toEqual([]);
          expect(losses(plan(next.resources, old))).toEqual([]);
        }
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
