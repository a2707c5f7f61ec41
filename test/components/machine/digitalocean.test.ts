import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keptInputs } from '../../../components/machine/digitalocean.ts';
import { completed, configOf } from '../support/config.ts';
import { deploy } from '../support/deploy.ts';
import { rulesOf } from '../support/rules.ts';
import { only, staging } from '../support/staging.ts';

test('the machine is Debian 13 of the size and region asked for, with IPv6 and no agents', async () => {
  const { resources } = await staging({ 'primary.region': 'ams3', 'primary.size': 's-8vcpu-16gb' });
  const { inputs, secrets } = only(resources, 'Droplet');
  expect(inputs).toMatchObject({
    name: 'primary.staging.social.coop',
    image: 'debian-13-x64',
    region: 'ams3',
    size: 's-8vcpu-16gb',
    ipv6: true,
    monitoring: false,
    dropletAgent: false,
    resizeDisk: false,
  });
  expect(secrets).toEqual(['userData']);
});

test('its key is known by the fingerprint ssh-keygen -E md5 prints', async () => {
  const deployPublicKey =
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAIjbqSCpLYVyLKOOnV9LDZUilVr2KGyXcSrRxYQxOEU a comment';
  const config = { ...configOf(completed('staging')), deployPublicKey };
  const { resources } = await deploy(config);
  expect(only(resources, 'SshKey').inputs.publicKey).toBe(deployPublicKey.replace(' a comment', ''));
  expect(only(resources, 'Droplet').inputs.sshKeys).toEqual([
    '66:9a:c5:d3:59:2a:60:51:85:04:ef:bd:6b:de:7f:08',
  ]);
});

test('every input of a Droplet that replaces it is kept as it was', async () => {
  const { resources } = await staging();
  const { inputs, ignoreChanges } = only(resources, 'Droplet');
  const rules = rulesOf('digitalocean:index/droplet:Droplet').inputs;
  const replacing = Object.keys(inputs).filter((key) => rules[key]?.replaces);
  expect(replacing).toContain('userData');
  expect(ignoreChanges).toEqual(replacing.sort());
  expect(ignoreChanges).toEqual(keptInputs);
});

test('drift of firewall, names and keys is never ignored', async () => {
  const { resources } = await staging();
  const ignoring = resources.filter(({ ignoreChanges }) => ignoreChanges.length > 0).map(({ type }) => type);
  expect([...new Set(ignoring)].sort()).toEqual([
    'digitalocean:index/droplet:Droplet',
    'digitalocean:index/reservedIp:ReservedIp',
    'digitalocean:index/spacesBucket:SpacesBucket',
  ]);
});

test('the firewall lets in SSH from the ranges of the configuration, the web and ICMP, and nothing else', async () => {
  const { resources } = await staging({ sshFrom: ['203.0.113.7/32', '2001:db8::/48'] });
  const { inputs } = only(resources, 'Firewall');
  const world = ['0.0.0.0/0', '::/0'];
  expect(inputs.dropletIds).toEqual([412345678]);
  expect(inputs.inboundRules).toEqual([
    { protocol: 'tcp', portRange: '22', sourceAddresses: ['203.0.113.7/32', '2001:db8::/48'] },
    { protocol: 'tcp', portRange: '80', sourceAddresses: world },
    { protocol: 'tcp', portRange: '443', sourceAddresses: world },
    { protocol: 'icmp', sourceAddresses: world },
  ]);
});

const outbound = async (changes: Record<string, unknown>) => {
  const { resources } = await staging(changes);
  const rules = only(resources, 'Firewall').inputs.outboundRules as Record<string, string>[];
  return rules.map(({ protocol, portRange }) => [protocol, portRange].filter(Boolean).join(' '));
};

test('with federation off only the ports the instance itself needs can be reached', async () => {
  expect(await outbound({ federation: 'off', 'mail.port': 465 })).toEqual([
    ...['tcp 53', 'tcp 80', 'tcp 443', 'tcp 465', 'udp 53', 'udp 123', 'icmp'],
  ]);
});

test('a mail relay on a port that is open already is no second rule', async () => {
  expect(await outbound({ federation: 'off', 'mail.port': 443 })).toEqual([
    ...['tcp 53', 'tcp 80', 'tcp 443', 'udp 53', 'udp 123', 'icmp'],
  ]);
});

test('with federation open other servers may be on any port', async () => {
  expect(await outbound({ federation: 'open' })).toEqual(['tcp 1-65535', 'udp 53', 'udp 123', 'icmp']);
});

test('the address is made before the machine and goes after it; its assignment goes with the machine', async () => {
  const { resources } = await staging();
  expect(only(resources, 'Droplet').dependsOn).toContain('staging-primary-address');
  expect(only(resources, 'ReservedIpAssignment')).toMatchObject({
    inputs: { dropletId: 412345678, ipAddress: '203.0.113.10' },
    deletedWith: 'staging-primary-droplet',
  });
});

test.each([true, false])('protect: %s holds for machine and address', async (protect) => {
  const { resources } = await staging({ protect });
  expect(only(resources, 'Droplet').protect).toBe(protect);
  expect(only(resources, 'ReservedIp').protect).toBe(protect);
});

test('a new host key is reported, and so is a new deploy key, each by its own name', async () => {
  const { openSshPair } = await import('../../fixtures/facts.ts');
  const before = await staging();
  const config = configOf(completed('staging'));
  const { resources } = await deploy(config, before.resources);
  expect(resources).toHaveLength(before.resources.length);
  const first = await deploy(config);
  const [host, login] = [openSshPair('h'), openSshPair('d')];
  const newHost = {
    ...config,
    hostPublicKey: host.publicKey,
    secrets: { ...config.secrets, hostKey: host.privateKey },
  };
  const newLogin = {
    ...config,
    deployPublicKey: login.publicKey,
    secrets: { ...config.secrets, deployKey: login.privateKey },
  };
  const reports = async (changed: typeof config) =>
    (await deploy(changed, first.resources)).warnings.join('\n');
  expect(await reports(newHost)).toContain('— hostPublicKey —');
  expect(await reports(newHost)).not.toContain('deployPublicKey');
  expect(await reports(newLogin)).toContain('— deployPublicKey —');
  expect(await reports(newLogin)).not.toContain('hostPublicKey');
});

test('the first boot installs only what apply counts on, and what the machines of the lab have', async () => {
  const { firstBootPackages } = await import('../../../components/machine/packages.ts');
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const counted = read('host/etc/social.coop/packages').split('\n');
  const lab = read('lab/machines/image/Dockerfile');
  for (const name of firstBootPackages) {
    expect(counted).toContain(name);
    // nginx comes with each of its variants.
    expect(lab).toMatch(new RegExp(`\\s${name.replace('.', '\\.')}(-light)?\\s`));
  }
});
