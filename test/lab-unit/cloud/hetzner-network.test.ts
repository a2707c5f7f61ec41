import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudObject, Properties } from '../../../lab/cloud/types.ts';
import { hilde, names, publicKey, serverInputs, type TestCloud, testCloud, zone } from './support.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await testCloud();
});
afterEach(() => cloud.stop());

const make = (type: string, inputs: Properties) => cloud.make(type, inputs, hilde);
const remove = (object: CloudObject) => cloud.objects.remove(hilde, object.type, object.id);
const rulesOf = (server: CloudObject) => cloud.seen.firewalls.get(String(server.hidden.mac));
const ssh = { direction: 'in', protocol: 'tcp', port: '22', sourceIps: ['198.18.0.0/16'] };
const world = ['0.0.0.0/0', '::/0'];

describe('Firewall', () => {
  it('lets everything out until there is a rule for leaving', async () => {
    const firewall = await make('Firewall', { name: 'f', rules: [ssh] });
    const server = await make('Server', serverInputs({ firewallIds: [Number(firewall.id)] }));
    expect(rulesOf(server)).toEqual({
      inbound: [{ protocol: 'tcp', ports: '22', addresses: ['198.18.0.0/16'] }],
      outbound: ['tcp', 'udp', 'icmp'].map((protocol) => ({ protocol, addresses: world })),
    });
    const names = { direction: 'out', protocol: 'udp', port: '53', destinationIps: world };
    await cloud.objects.update(hilde, 'Firewall', firewall.id, { name: 'f', rules: [ssh, names] });
    expect(rulesOf(server)?.outbound).toEqual([{ protocol: 'udp', ports: '53', addresses: world }]);
    await cloud.objects.update(hilde, 'Server', server.id, serverInputs({ firewallIds: [] }));
    expect(rulesOf(server)).toBeUndefined();
  });

  it('is on the machine before it boots', async () => {
    const firewall = await make('Firewall', { name: 'f', rules: [ssh] });
    const order: string[] = [];
    const { setFirewall, createMachine } = cloud.backends.machines;
    cloud.backends.machines.setFirewall = async (mac, rules) => {
      order.push('rules');
      await setFirewall(mac, rules);
    };
    cloud.backends.machines.createMachine = async (spec) => {
      order.push('boot');
      await createMachine(spec);
    };
    await make('Server', serverInputs({ firewallIds: [Number(firewall.id)] }));
    expect(order).toEqual(['rules', 'boot']);
  });

  it('reaches servers by attachment and by labels, and adds up', async () => {
    const web = { direction: 'in', protocol: 'tcp', port: 'any', sourceIps: world };
    const server = await make('Server', serverInputs({ labels: { role: 'web' } }));
    await make('Firewall', { name: 'a', rules: [ssh], applyTos: [{ labelSelector: 'role=web' }] });
    const second = await make('Firewall', { name: 'b', rules: [web] });
    expect(rulesOf(server)?.inbound).toHaveLength(1);
    const attachment = await make('FirewallAttachment', {
      firewallId: Number(second.id),
      serverIds: [Number(server.id)],
    });
    expect(rulesOf(server)?.inbound).toHaveLength(2);
    await remove(attachment);
    expect(rulesOf(server)?.inbound).toHaveLength(1);
  });

  it('cannot be deleted while a server has it', async () => {
    const firewall = await make('Firewall', { name: 'f', rules: [ssh] });
    const server = await make('Server', serverInputs({ firewallIds: [Number(firewall.id)] }));
    await expect(remove(firewall)).rejects.toMatchObject({ code: 'resource_in_use' });
    await remove(server);
    await remove(firewall);
    expect(cloud.store.state.objects).toEqual([]);
  });

  it.each([
    ['a direction', { ...ssh, direction: 'up' }, /up is not a valid direction/],
    ['a protocol', { ...ssh, protocol: 'http' }, /http is not a valid protocol/],
    ['what the lab cannot filter', { ...ssh, protocol: 'gre' }, /the lab filters no gre/],
    ['a port too high', { ...ssh, port: '70000' }, /not a valid port/],
    ['no port', { ...ssh, port: undefined }, /port is required/],
    ['a port of ICMP', { ...ssh, protocol: 'icmp' }, /port is not allowed/],
    ['an address without its prefix', { ...ssh, sourceIps: ['198.18.0.1'] }, /not a valid CIDR/],
    ['no source', { ...ssh, sourceIps: [] }, /needs source IPs/],
    ['a source of what leaves', { ...ssh, direction: 'out' }, /needs destination IPs/],
  ])('refuses %s', async (_what, rule, reason) => {
    await expect(make('Firewall', { name: 'f', rules: [rule] })).rejects.toThrow(reason);
  });
});

it('an SSH key is refused twice, by its name and by its key', async () => {
  await make('SshKey', { name: 'k', publicKey });
  await expect(make('SshKey', { name: 'k', publicKey })).rejects.toThrow(/name is already used/);
  await expect(make('SshKey', { name: 'l', publicKey })).rejects.toThrow(/same fingerprint already exists/);
});

describe('Rdns', () => {
  const address = (type: string) => make('PrimaryIp', { name: type, type, location: 'fsn1' });

  it('is served beside the zones’ records, and goes with its address', async () => {
    const [v4, v6] = [await address('ipv4'), await address('ipv6')];
    await cloud.make(
      'DnsRecord',
      { zoneId: zone.id, name: 'social.coop', type: 'A', ttl: 300, content: v4.outputs.ipAddress },
      names,
    );
    const inside = `${v6.outputs.ipAddress}1`;
    const dnsPtr = 'social.coop';
    await make('Rdns', { primaryIpId: Number(v4.id), ipAddress: v4.outputs.ipAddress, dnsPtr });
    const second = await make('Rdns', { primaryIpId: Number(v6.id), ipAddress: inside, dnsPtr });
    const served = () => cloud.seen.records.map(({ type, name }) => `${type} ${name}`);
    expect(served()).toEqual([`A social.coop`, `PTR ${v4.outputs.ipAddress}`, `PTR ${inside}`]);
    await cloud.objects.update(hilde, 'Rdns', second.id, { ...second.inputs, dnsPtr: 'www.social.coop' });
    expect(cloud.seen.records.at(-1)?.content).toBe('www.social.coop');
    await remove(v4);
    expect(served()).toEqual([`A social.coop`, `PTR ${inside}`]);
    expect(cloud.store.state.objects.filter(({ type }) => type === 'Rdns')).toHaveLength(1);
  });

  it('is refused for somebody else’s address, and for no name', async () => {
    const v4 = await address('ipv4');
    const rdns = (ipAddress: unknown, dnsPtr = 'social.coop') =>
      make('Rdns', { primaryIpId: Number(v4.id), ipAddress, dnsPtr });
    await expect(rdns('198.18.4.99')).rejects.toThrow(/ip address 198.18.4.99 not found/);
    await expect(rdns(v4.outputs.ipAddress, 'not a name')).rejects.toThrow(/dns_ptr/);
    await expect(make('Rdns', { ipAddress: v4.outputs.ipAddress, dnsPtr: 'a.b' })).rejects.toThrow(/one of/);
  });
});
