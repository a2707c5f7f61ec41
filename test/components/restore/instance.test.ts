import { expect, test } from 'vitest';
import { parseConfig } from '../../../components/config.ts';
import { fencedRules } from '../../../components/machine/hetzner-rules.ts';
import { options } from '../support/config.ts';
import { deploy, resolved } from '../support/deploy.ts';
import { plan } from '../support/plan.ts';
import { refusals } from '../support/rules.ts';
import { only } from '../support/staging.ts';
import { copyOf } from './support.ts';

const configOf = (changes = {}, primary?: object) =>
  parseConfig(copyOf(changes, primary).raw, { ...options, stack: 'rehearsal' });
const copy = (changes = {}, primary?: object) => deploy(configOf(changes, primary), [], 'rehearsal');
const atHetzner = () => copy({}, { provider: 'hetzner' });

test('every input is one the providers accept, and nothing of it lasts', async () => {
  const { resources } = await copy();
  const custom = resources.filter(({ custom }) => custom);
  expect(custom.flatMap(({ type, inputs }) => refusals(type, inputs))).toEqual([]);
  expect(custom.map(({ name }) => name).sort()).toEqual([
    'rehearsal-apply-run',
    'rehearsal-group-members',
    'rehearsal-group-project',
    'rehearsal-prepare-run',
    'rehearsal-primary-droplet',
    'rehearsal-primary-firewall',
    'rehearsal-primary-key',
    'rehearsal-storage-backups-key',
    'rehearsal-storage-media-key',
  ]);
});

test('the keys of the source’s buckets can read and nothing else', async () => {
  const { resources } = await copy();
  for (const purpose of ['backups', 'media'])
    expect(only(resources, 'SpacesKey', `rehearsal-storage-${purpose}-key`).inputs.grants).toEqual([
      { bucket: `staging-social-coop-${purpose}`, permission: 'read' },
    ]);
  const empty = (await copy({ media: 'empty' })).resources;
  expect(empty.filter(({ type }) => type.endsWith(':SpacesKey'))).toHaveLength(1);
});

test('media of its own are in a bucket that goes with the copy; no key can write to the source’s', async () => {
  const { resources } = await copy({ media: 'copy' });
  const own = 'staging-social-coop-media-rehearsal';
  const bucket = only(resources, 'SpacesBucket');
  expect(bucket).toMatchObject({
    name: 'rehearsal-storage-media',
    protect: false,
    inputs: { name: own, region: 'fra1', acl: 'private', forceDestroy: true },
  });
  const grants = Object.fromEntries(
    resources
      .filter(({ type }) => type.endsWith(':SpacesKey'))
      .map(({ name, inputs }) => [name, inputs.grants]),
  );
  expect(grants).toEqual({
    'rehearsal-storage-backups-key': [{ bucket: 'staging-social-coop-backups', permission: 'read' }],
    'rehearsal-storage-media-key': [{ bucket: own, permission: 'readwrite' }],
    'rehearsal-storage-media-source-key': [{ bucket: 'staging-social-coop-media', permission: 'read' }],
  });
  const custom = resources.filter(({ custom }) => custom);
  expect(custom.flatMap(({ type, inputs }) => refusals(type, inputs))).toEqual([]);
});

test('prepared, then fenced by the cloud too, and only then given secrets', async () => {
  const { resources } = await copy();
  const [prepare, run] = ['rehearsal-prepare-run', 'rehearsal-apply-run'].map((name) =>
    only(resources, 'Command', name),
  );
  const firewall = only(resources, 'Firewall');
  expect(prepare?.dependsOn).not.toContain('rehearsal-primary-firewall');
  expect(firewall.dependsOn).toContain('rehearsal-prepare-run');
  expect(run?.dependsOn).toContain('rehearsal-primary-firewall');
  expect(prepare?.inputs.create).toContain('libexec/prepare');
  // Before it unpacks anything.
  expect(run?.inputs.create).toMatch(/set -e; \/opt\/social\.coop\/libexec\/fence verify; t=/);
});

test('the cloud firewall lets SSH in and the pinned addresses out, in as many words', async () => {
  const { inputs } = only((await copy()).resources, 'Firewall');
  expect(inputs.inboundRules).toEqual([
    { protocol: 'tcp', portRange: '22', sourceAddresses: ['203.0.113.0/28'] },
  ]);
  expect(inputs.outboundRules).toEqual([
    { protocol: 'tcp', portRange: '443', destinationAddresses: ['198.51.100.7', '2001:db8::7'] },
  ]);
});

test('at Hetzner too: accepted inputs, nothing that lasts, not even an address or a name', async () => {
  const { instance, resources } = await atHetzner();
  const custom = resources.filter(({ custom }) => custom);
  expect(custom.flatMap(({ type, inputs }) => refusals(type, inputs))).toEqual([]);
  expect(custom.map(({ name }) => name).sort()).toEqual([
    'rehearsal-apply-run',
    'rehearsal-prepare-run',
    'rehearsal-primary-firewall',
    'rehearsal-primary-firewall-attachment',
    'rehearsal-primary-key',
    'rehearsal-primary-server',
    'rehearsal-storage-backups-key',
    'rehearsal-storage-media-key',
  ]);
  const { inputs } = only(resources, 'Server');
  expect(inputs).toMatchObject({ name: 'copy-rehearsal', shutdownBeforeDeletion: false });
  // Addresses that Hetzner makes with a server go with it.
  expect(inputs).not.toHaveProperty('publicNets');
  expect(await resolved(instance.address6)).toBe('2001:db8:30::1');
});

test('at Hetzner too media of its own are in a project of its own, which is empty otherwise and not made', async () => {
  const { resources } = await copy({ media: 'copy' }, { provider: 'hetzner' });
  expect(only(resources, 'ProjectResources').inputs.resources).toHaveLength(1);
  expect((await atHetzner()).resources.filter(({ type }) => type.endsWith(':Project'))).toEqual([]);
});

test('at Hetzner too: prepared, then fenced by the cloud, and only then given secrets', async () => {
  const { resources } = await atHetzner();
  const prepare = only(resources, 'Command', 'rehearsal-prepare-run');
  const firewall = only(resources, 'Firewall');
  const attachment = only(resources, 'FirewallAttachment');
  const server = only(resources, 'Server');
  expect(server.inputs).not.toHaveProperty('firewallIds');
  // Or the next `up` would take off what an attachment put on.
  expect(server.inputs.ignoreRemoteFirewallIds).toBe(true);
  expect(prepare.dependsOn).not.toContain('rehearsal-primary-firewall');
  expect(firewall.dependsOn).toContain('rehearsal-prepare-run');
  expect(attachment.inputs.serverIds).toHaveLength(1);
  expect(attachment.dependsOn).toEqual(
    expect.arrayContaining(['rehearsal-primary-firewall', 'rehearsal-primary-server']),
  );
  expect(only(resources, 'Command', 'rehearsal-apply-run').dependsOn).toContain(
    'rehearsal-primary-firewall-attachment',
  );
});

test('at Hetzner, where no rule for leaving would let everything leave, there is one, of either kind of address', async () => {
  const { resources } = await atHetzner();
  expect(only(resources, 'Firewall').inputs.rules).toEqual([
    { direction: 'in', protocol: 'tcp', port: '22', sourceIps: ['203.0.113.0/28'] },
    {
      ...{ direction: 'out', protocol: 'tcp', port: '443' },
      destinationIps: ['198.51.100.7/32', '2001:db8::7/128'],
    },
  ]);
  expect(() => fencedRules(['203.0.113.0/28'], [])).toThrow(/reaches nothing/);
});

test('no secret is in the tree that is laid before the fence', async () => {
  const { raw, sourceSecrets } = copyOf();
  const { resources } = await deploy(parseConfig(raw, { ...options, stack: 'rehearsal' }), [], 'rehearsal');
  const tree = (name: string) =>
    Buffer.from(String(only(resources, 'Command', name).inputs.stdin), 'base64').toString('latin1');
  const merged = JSON.parse(raw['instance:secrets'] ?? '') as object;
  const values = [...Object.values(sourceSecrets), ...Object.values(merged)]
    .map(String)
    .map((value) => value.split('\n').at(-4) ?? value);
  expect(values.length).toBeGreaterThan(15);
  expect(values.filter((value) => tree('rehearsal-prepare-run').includes(value))).toEqual([]);
  expect(values.filter((value) => tree('rehearsal-apply-run').includes(value)).length).toBeGreaterThan(6);
  expect(tree('rehearsal-prepare-run')).toContain('table inet coop_fence');
});

test('it has no name: none is made, none is asked for, and none points back', async () => {
  const { instance, resources } = await copy();
  expect(await resolved(instance.dnsByHand)).toEqual([]);
  expect(only(resources, 'Droplet').inputs.name).toBe('copy-rehearsal');
});

test.each(['digitalocean', 'hetzner'])('the same again plans nothing: %s', async (provider) => {
  const config = configOf({}, { provider });
  const { resources } = await deploy(config, [], 'rehearsal');
  expect(plan(resources, (await deploy(config, resources, 'rehearsal')).resources)).toEqual([]);
});
