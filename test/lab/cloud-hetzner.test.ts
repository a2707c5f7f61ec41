import { Resolver } from 'node:dns/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloud } from '../../lab/cloud/client.ts';
import { ensureCloud } from '../../lab/cloud/ensure-cloud.ts';
import { down } from '../../lab/down.ts';
import { paths } from '../../lab/paths.ts';
import { hcloud } from '../../lab/providers/hcloud.ts';
import { secret } from '../../lab/providers/lib/wire.ts';
import { gateway } from '../../lab/services/addresses.ts';
import { ensureDns } from '../../lab/services/dns.ts';
import { inside, login, prepare, reach, reachFrom, spec, ssh, until, untilSsh } from './machines/support.ts';

// Real machines, addresses, firewalls and reverse names behind the lab's Hetzner.
type Properties = Record<string, unknown>;
const subject = (type: string, name: string) => {
  const token = `hcloud:index/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`;
  return { type: token, name, urn: `urn:pulumi:s::p::${token}::${name}` };
};
const make = (type: string, inputs: Properties) =>
  hcloud.create(subject(type, String(inputs.name)), inputs, () => {});
const server = (name: string, inputs: Properties) =>
  make('Server', {
    ...{ name, image: 'debian-13', serverType: 'cpx22', location: 'fsn1' },
    ...{ sshKeys: ['key'], userData: secret(spec('x', 1).userData), ...inputs },
  });
const address = (name: string, type: string) =>
  make('PrimaryIp', { name, type, location: 'fsn1', autoDelete: false, assigneeType: 'server' });
const rule = (direction: string, port: string, range: string) => ({
  ...{ direction, protocol: 'tcp', port },
  [direction === 'in' ? 'sourceIps' : 'destinationIps']: [range],
});

let ours = false;
beforeAll(async () => {
  await prepare();
  ours = true;
  await ensureDns();
  await ensureCloud();
  await cloud.putAccount({ provider: 'hcloud', name: 'test', token: 't'.repeat(64) });
  process.env.LAB_CLOUD = paths.cloudSocket;
  process.env.HCLOUD_TOKEN = 't'.repeat(64);
  await make('SshKey', { name: 'key', publicKey: login.publicKey });
});
afterAll(async () => {
  // Somebody's lab that was up before is not ours to take down.
  if (ours) await down(() => {});
});

describe('servers at Hetzner', () => {
  let [one, two, v4, v6] = [] as Awaited<ReturnType<typeof make>>[];
  let firewall: Awaited<ReturnType<typeof make>>;
  const ip4 = () => String(v4?.outputs.ipAddress);
  const ip6 = () => `${v6?.outputs.ipAddress}1`;
  const rules = [rule('in', '22', '198.18.0.0/16'), rule('in', '22', 'fd00:c00b::/48')];

  it('answer on their own addresses of both kinds, behind a firewall that was there first', async () => {
    [v4, v6, firewall] = [
      await address('v4', 'ipv4'),
      await address('v6', 'ipv6'),
      await make('Firewall', { name: 'firewall', rules }),
    ];
    const publicNets = [{ ipv4: Number(v4.id), ipv6: Number(v6.id) }];
    const firewallIds = [Number(firewall.id)];
    [one, two] = await Promise.all([server('one', { publicNets, firewallIds }), server('two', {})]);
    for (const made of [one, two]) {
      await untilSsh({ ...spec('x', 1), id: `hz-${made?.id}`, ip4: String(made?.outputs.ipv4Address) });
    }
    expect(one?.outputs).toMatchObject({ ipv4Address: ip4(), ipv6Address: ip6() });
    await inside(`hz-${one?.id}`, 'systemd-run -q --unit web python3 -m http.server 8080 --bind ::');
    for (const each of [ip4(), ip6()]) {
      expect([each, await reach(each, 22), await reach(each, 8080)]).toEqual([each, 'open', 'silent']);
      // From another server, not only from the host.
      expect(await reachFrom(`hz-${two?.id}`, each, 22)).toBe('open');
      expect(await reachFrom(`hz-${two?.id}`, each, 8080)).toBe('silent');
    }
  });

  it('reach everything until there is a rule for leaving', async () => {
    const other = String(two?.outputs.ipv4Address);
    expect(await reachFrom(`hz-${one?.id}`, other, 22)).toBe('open');
    const inputs = { name: 'firewall', rules: [...rules, rule('out', '53', '0.0.0.0/0')] };
    await hcloud.update(subject('Firewall', 'firewall'), firewall.id, {}, inputs, () => {}, ['rules']);
    expect(await reachFrom(`hz-${one?.id}`, other, 22)).toBe('silent');
  });

  it('have the reverse names they were given', async () => {
    for (const [primary, ipAddress] of [
      [v4, ip4()],
      [v6, ip6()],
    ] as const) {
      await make('Rdns', { primaryIpId: Number(primary?.id), ipAddress, dnsPtr: 'social.coop' });
    }
    const resolver = new Resolver();
    resolver.setServers([gateway.v4]);
    expect(await resolver.reverse(ip4())).toEqual(['social.coop']);
    expect(await resolver.reverse(ip6())).toEqual(['social.coop']);
  });

  it('hand an address over while both are switched off', async () => {
    const give = (made: typeof v4, assigneeId: number, name: string) =>
      hcloud.update(
        subject('PrimaryIp', name),
        String(made?.id),
        {},
        { name, type: name === 'v4' ? 'ipv4' : 'ipv6', location: 'fsn1', assigneeId },
        () => {},
        ['assigneeId'],
      );
    await expect(give(v4, 0, 'v4')).rejects.toThrow(/server must be powered off/);
    for (const made of [one, two]) await cloud.machine(String(made?.id), 'stop');
    await give(v4, 0, 'v4');
    await give(v6, 0, 'v6');
    // Made with the server, so it has to go before another can come.
    const nets = [{ ipv4: Number(v4?.id), ipv6: Number(v6?.id) }];
    const inputs = {
      name: 'two',
      image: 'debian-13',
      serverType: 'cpx22',
      location: 'fsn1',
      publicNets: nets,
    };
    await hcloud.update(subject('Server', 'two'), String(two?.id), {}, inputs, () => {}, ['publicNets']);
    await until(async () => (await ssh(ip4(), 'hostname')).stdout.trim() === 'two', 30, 'the address at two');
    expect(await reach(ip6(), 22)).toBe('open');
    await cloud.machine(String(one?.id), 'start');
    expect((await ssh(ip4(), 'hostname')).stdout.trim()).toBe('two');
  });
});
