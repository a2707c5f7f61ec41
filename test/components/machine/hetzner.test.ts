import { expect, test } from 'vitest';
import { keptInputs } from '../../../components/machine/hetzner.ts';
import { completed, configOf } from '../support/config.ts';
import { deploy, resolved } from '../support/deploy.ts';
import { set } from '../support/edits.ts';
import { refusals, rulesOf } from '../support/rules.ts';
import { only, staging } from '../support/staging.ts';

const machine = { provider: 'hetzner', region: 'nbg1', size: 'cpx42' };
const hetzner = (changes: Record<string, unknown> = {}) => staging({ primary: machine, ...changes });

test('the machine is Debian 13 of the type and location asked for, and stays as it is', async () => {
  const { resources } = await hetzner();
  const { inputs, secrets } = only(resources, 'Server');
  expect(inputs).toMatchObject({
    name: 'primary.staging.social.coop',
    image: 'debian-13',
    location: 'nbg1',
    serverType: 'cpx42',
    keepDisk: true,
    shutdownBeforeDeletion: true,
  });
  expect(secrets).toEqual(['userData']);
  expect(resources.some(({ inputs }) => 'datacenter' in inputs || 'allowDeprecatedImages' in inputs)).toBe(
    false,
  );
});

test('every input of every resource is one that the published schema knows', async () => {
  const { resources } = await hetzner();
  const ours = resources.filter(({ type }) => type.startsWith('hcloud:'));
  expect(ours.map(({ type }) => type.split(':').at(-1)).sort()).toEqual([
    ...['Firewall', 'PrimaryIp', 'PrimaryIp', 'Rdns', 'Rdns', 'Server', 'SshKey'],
  ]);
  expect(ours.flatMap(({ type, inputs }) => refusals(type, inputs))).toEqual([]);
});

test('every input of a server or an address that replaces it is kept as it was', async () => {
  const { resources } = await hetzner();
  const { inputs, ignoreChanges } = only(resources, 'Server');
  const rules = rulesOf('hcloud:index/server:Server').inputs;
  const replacing = Object.keys(inputs).filter((key) => rules[key]?.replaces);
  expect(replacing).toContain('userData');
  expect([...ignoreChanges].sort()).toEqual(replacing.sort());
  expect(ignoreChanges).toEqual(keptInputs);
  for (const type of ['ipv4', 'ipv6']) {
    const address = only(resources, 'PrimaryIp', `staging-primary-${type}`);
    expect(address.ignoreChanges).toEqual(['location']);
    // Its type can never change, by its name.
    expect(address.inputs).toMatchObject({ type, location: 'nbg1' });
  }
});

test('its addresses are there before it, at its side from the first moment, and outlive it', async () => {
  const { resources } = await hetzner();
  const server = only(resources, 'Server');
  const [net] = server.inputs.publicNets as { ipv4: number; ipv6: number }[];
  expect(server.dependsOn).toEqual(
    expect.arrayContaining([
      ...['staging-primary-ipv4', 'staging-primary-ipv6', 'staging-primary-firewall', 'staging-primary-key'],
    ]),
  );
  expect(net).toMatchObject({ ipv4Enabled: true, ipv6Enabled: true });
  expect(net?.ipv4).not.toBe(net?.ipv6);
  for (const type of ['ipv4', 'ipv6']) {
    const { inputs } = only(resources, 'PrimaryIp', `staging-primary-${type}`);
    expect(inputs).toMatchObject({ autoDelete: false, assigneeType: 'server' });
    expect(inputs).not.toHaveProperty('assigneeId');
  }
});

test('the firewall is on the machine when it boots, and says every way in and out', async () => {
  const { resources } = await hetzner({ sshFrom: ['203.0.113.7/32'], federation: 'off', 'mail.port': 465 });
  const { inputs } = only(resources, 'Firewall');
  const world = ['0.0.0.0/0', '::/0'];
  const rules = inputs.rules as Record<string, unknown>[];
  expect(rules.filter(({ direction }) => direction === 'in')).toEqual([
    { direction: 'in', protocol: 'tcp', port: '22', sourceIps: ['203.0.113.7/32'] },
    { direction: 'in', protocol: 'tcp', port: '80', sourceIps: world },
    { direction: 'in', protocol: 'tcp', port: '443', sourceIps: world },
    { direction: 'in', protocol: 'icmp', sourceIps: world },
  ]);
  const out = rules.filter(({ direction }) => direction === 'out');
  expect(out.map(({ protocol, port }) => [protocol, port].filter(Boolean).join(' '))).toEqual([
    ...['tcp 53', 'tcp 80', 'tcp 443', 'tcp 465', 'udp 53', 'udp 123', 'icmp'],
  ]);
  expect(out.every(({ destinationIps }) => JSON.stringify(destinationIps) === JSON.stringify(world))).toBe(
    true,
  );
  expect(only(resources, 'Server').inputs.firewallIds).toHaveLength(1);
});

test('with federation open there is still a rule for leaving, or everything might', async () => {
  const { resources } = await hetzner({ federation: 'open' });
  const rules = only(resources, 'Firewall').inputs.rules as Record<string, unknown>[];
  const out = rules.filter(({ direction }) => direction === 'out');
  expect(out.map(({ protocol, port }) => [protocol, port].filter(Boolean).join(' '))).toEqual([
    ...['tcp 1-65535', 'udp 53', 'udp 123', 'icmp'],
  ]);
});

test('both addresses resolve back to the instance', async () => {
  const { resources } = await hetzner();
  for (const [type, ipAddress] of [
    ['ipv4', '203.0.113.30'],
    ['ipv6', '2001:db8:30::1'],
  ]) {
    const { inputs, dependsOn } = only(resources, 'Rdns', `staging-primary-reverse-${type}`);
    expect(inputs).toMatchObject({ ipAddress, dnsPtr: 'staging.social.coop' });
    expect(dependsOn).toContain(`staging-primary-${type}`);
  }
});

test('names and SSH lead to its own addresses, and the first of its network is its IPv6 address', async () => {
  const { instance, resources } = await hetzner();
  expect(await resolved(instance.address)).toBe('203.0.113.30');
  expect(await resolved(instance.address6)).toBe('2001:db8:30::1');
  const aaaa = resources.filter(({ type, inputs }) => type.endsWith(':DnsRecord') && inputs.type === 'AAAA');
  expect([...new Set(aaaa.map(({ inputs }) => inputs.content))]).toEqual(['2001:db8:30::1']);
});

test.each([true, false])(
  'protect: %s holds at the engine and at Hetzner, for machine and addresses',
  async (protect) => {
    const { resources } = await hetzner({ protect });
    const server = only(resources, 'Server');
    expect(server.protect).toBe(protect);
    // The provider refuses one without the other.
    expect(server.inputs).toMatchObject({ deleteProtection: protect, rebuildProtection: protect });
    for (const type of ['ipv4', 'ipv6']) {
      const address = only(resources, 'PrimaryIp', `staging-primary-${type}`);
      expect(address.protect).toBe(protect);
      expect(address.inputs.deleteProtection).toBe(protect);
    }
  },
);

test('another key has another name, so that both can be there at once', async () => {
  const { openSshPair } = await import('../../fixtures/facts.ts');
  const config = configOf(set(completed('staging'), { primary: machine }));
  const first = await deploy(config);
  const login = openSshPair('d');
  const changed = {
    ...config,
    deployPublicKey: login.publicKey,
    secrets: { ...config.secrets, deployKey: login.privateKey },
  };
  const second = await deploy(changed, first.resources);
  const [before, after] = [first, second].map(({ resources }) => only(resources, 'SshKey').inputs.name);
  expect(before).toMatch(/^primary\.staging\.social\.coop-[0-9a-f]{8}$/);
  expect(after).not.toBe(before);
  expect(second.warnings.join('\n')).toContain('— deployPublicKey —');
});

test('another location is reported and not followed', async () => {
  const config = configOf(set(completed('staging'), { primary: machine }));
  const first = await deploy(config);
  const moved = { ...config, primary: { ...config.primary, region: 'hel1' } as typeof config.primary };
  const second = await deploy(moved, first.resources);
  expect(second.warnings.join('\n')).toMatch(/the machine stays in nbg1 — primary\.region — /);
  expect((await deploy(config, first.resources)).warnings).toEqual([]);
});

test.each([
  ['primary', 'cpx42', 'ash', 'ccx23'],
  ['secondary', 'cx33', 'sin', 'cpx32'],
  ['primary', 'cax31', 'hil', 'ccx23'],
])('a type that is not sold there is refused, with one that is: %s %s in %s', (role, size, region, other) => {
  const file = set(completed('staging'), { [role]: { provider: 'hetzner', region, size } });
  const read = () => configOf(file);
  expect(read).toThrow(`${role}.size`);
  expect(read).toThrow(`is not sold in ${region}`);
  expect(read).toThrow(other);
});
