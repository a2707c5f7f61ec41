import { existsSync, rmSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docker, run } from '../../../lab/machines/exec.ts';
import {
  addAddress,
  cutMachine,
  type FirewallRule,
  fillDisk,
  freezeMachine,
  joinMachine,
  removeLeftovers,
  setFirewall,
  slowMachine,
  startMachine,
  stopMachine,
  thawMachine,
} from '../../../lab/machines/index.ts';
import { machinePaths } from '../../../lab/machines/names.ts';
import { paths } from '../../../lab/paths.ts';
import { boot, inside, listen, loadImage, prepare, reach, reachFrom, spec, untilSsh } from './support.ts';

const inner = spec('inner', 30);
const outer = spec('outer', 31);
const world = ['0.0.0.0/0', '::/0'];
const everything: FirewallRule[] = (['tcp', 'udp', 'icmp'] as const).map((protocol) => ({
  protocol,
  addresses: world,
}));
const six = inner.ip6 as string;

beforeAll(async () => {
  await prepare();
  await boot(inner, outer);
  await Promise.all(['inner', 'outer'].map(listen));
});
afterAll(async () => {
  await setFirewall(inner.mac, undefined).catch(() => {});
  await removeLeftovers();
});

/** How port 8080 of the machine behind the firewall answers: from the host and from another machine, v4 and v6. */
const fromEverywhere = async () =>
  Promise.all([
    reach(inner.ip4, 8080),
    reach(six, 8080),
    reachFrom('outer', inner.ip4, 8080),
    reachFrom('outer', six, 8080),
  ]);
const all = (how: string) => [how, how, how, how];

/** How the machine behind the firewall reaches another machine and the host, v4 and v6. */
const toEverywhere = async () =>
  Promise.all([
    reachFrom('inner', outer.ip4, 8080),
    reachFrom('inner', outer.ip6 as string, 8080),
    reachFrom('inner', '198.18.0.1', 9),
    reachFrom('inner', 'fd00:c00b::1', 9),
  ]);

test('without a firewall everything passes, both ways', async () => {
  expect(await fromEverywhere()).toEqual(all('open'));
  expect(await toEverywhere()).toEqual(['open', 'open', 'refused', 'refused']);
});

test('a firewall without rules lets nothing in or out, not even the host', async () => {
  await setFirewall(inner.mac, { inbound: [], outbound: [] });
  expect(await fromEverywhere()).toEqual(all('silent'));
  expect(await toEverywhere()).toEqual(all('silent'));
  expect(await reachFrom('outer', '198.18.0.1', 9)).toBe('refused');
});

test('inbound rules hold by port, range and source, for each family alone', async () => {
  const inbound = (ports: string | undefined, ...addresses: string[]) =>
    setFirewall(inner.mac, { inbound: [{ protocol: 'tcp', ports, addresses }], outbound: [] });
  await inbound('8080', ...world);
  expect(await fromEverywhere()).toEqual(all('open'));
  expect(await reach(inner.ip4, 22)).toBe('silent');
  await inbound('8000-8100', '0.0.0.0/0');
  expect(await fromEverywhere()).toEqual(['open', 'silent', 'open', 'silent']);
  await inbound('8081-8100', ...world);
  expect(await fromEverywhere()).toEqual(all('silent'));
  await inbound('8080', `${outer.ip4}/32`, `${outer.ip6}/128`);
  expect(await fromEverywhere()).toEqual(['silent', 'silent', 'open', 'open']);
  await inbound(undefined, '198.18.0.1/32', '198.18.0.0/24');
  expect(await fromEverywhere()).toEqual(['open', 'silent', 'silent', 'silent']);
});

test('outbound rules hold by destination, and answers to what was let in always pass', async () => {
  await setFirewall(inner.mac, {
    inbound: everything,
    outbound: [{ protocol: 'tcp', ports: '8080', addresses: [`${outer.ip4}/32`] }],
  });
  expect(await toEverywhere()).toEqual(['open', 'silent', 'silent', 'silent']);
  expect(await fromEverywhere()).toEqual(all('open'));
});

test('UDP and ICMP pass only where a rule names them', async () => {
  const ping = async (address: string) =>
    (await run('docker', ['exec', 'coop-lab-outer', 'ping', '-c1', '-W1', address], { allowFailure: true }))
      .code === 0;
  const protocol = (name: FirewallRule['protocol']) =>
    setFirewall(inner.mac, { inbound: [{ protocol: name, addresses: world }], outbound: [] });
  await protocol('icmp');
  expect([await ping(inner.ip4), await ping(six), await reach(inner.ip4, 8080)]).toEqual([
    true,
    true,
    'silent',
  ]);
  await protocol('udp');
  expect([await ping(inner.ip4), await ping(six), await reach(inner.ip4, 8080)]).toEqual([
    false,
    false,
    'silent',
  ]);
  const heard = 'cat /var/tmp/heard 2>/dev/null || true';
  await inside('inner', 'systemd-run -q --unit udp sh -c "nc -u -l 9000 >/var/tmp/heard"');
  const send = () =>
    inside('outer', `for i in 1 2 3; do echo hello >/dev/udp/${inner.ip4}/9000; sleep 0.2; done`);
  await protocol('tcp');
  await send();
  expect(await inside('inner', heard)).toBe('');
  await protocol('udp');
  await send();
  expect(await inside('inner', heard)).toContain('hello');
});

test('a reserved address stands behind the same firewall', async () => {
  await addAddress('inner', '198.18.2.30');
  await setFirewall(inner.mac, undefined);
  expect([await reach('198.18.2.30', 8080), await reachFrom('outer', '198.18.2.30', 8080)]).toEqual([
    'open',
    'open',
  ]);
  await setFirewall(inner.mac, { inbound: [], outbound: [] });
  expect([await reach('198.18.2.30', 8080), await reachFrom('outer', '198.18.2.30', 8080)]).toEqual([
    'silent',
    'silent',
  ]);
});

test('nothing done inside the machine opens it: a flush of all rules, a reboot', async () => {
  await setFirewall(inner.mac, {
    inbound: [{ protocol: 'tcp', ports: '22', addresses: world }],
    outbound: [],
  });
  await inside('inner', 'nft flush ruleset');
  expect(await fromEverywhere()).toEqual(all('silent'));
  await stopMachine('inner');
  await startMachine('inner');
  await untilSsh(inner);
  await listen('inner');
  expect(await fromEverywhere()).toEqual(all('silent'));
  expect(await reachFrom('inner', outer.ip4, 8080)).toBe('silent');
});

test('a table that somebody deleted on the host is whole again with the next rule set', async () => {
  await run('nft', ['delete', 'table', 'inet', 'coop_lab']);
  expect(await reach(inner.ip4, 8080)).toBe('open');
  await setFirewall(inner.mac, { inbound: [], outbound: [] });
  expect(await fromEverywhere()).toEqual(all('silent'));
  expect(await reachFrom('outer', '1.1.1.1', 443)).toBe('refused');
});

test('a frozen machine still takes connections, and is fenced all the same', async () => {
  await setFirewall(inner.mac, undefined);
  await freezeMachine('inner');
  try {
    expect(await fromEverywhere()).toEqual(all('open'));
    await setFirewall(inner.mac, { inbound: [], outbound: [] });
    expect(await fromEverywhere()).toEqual(all('silent'));
  } finally {
    await thawMachine('inner');
  }
});

test('un-NATed IPv6 of nested containers does not leak past an outbound firewall', async () => {
  await setFirewall(inner.mac, undefined);
  await loadImage('inner', machinePaths('inner').disk);
  await inside('inner', 'docker network create --ipv6 --subnet fd00:5c:9::/64 six');
  const nft = (line: string) => inside('outer', `nft '${line}'`);
  await nft('add table inet seen');
  await nft('add chain inet seen in { type filter hook input priority -300; }');
  await nft('add rule inet seen in ip6 saddr fd00:5c:9::/64 counter');
  const seen = async () =>
    Number((await inside('outer', 'nft list table inet seen')).match(/packets (\d+)/)?.[1]);
  // A container's own IPv6 address needs a moment before it is used.
  const line = `for i in {1..20}; do echo leak >/dev/udp/${outer.ip6}/9; sleep 0.2; done`;
  const send = () => inside('inner', `docker run --rm --network six debian:trixie-slim bash -c '${line}'`);
  await send();
  const before = await seen();
  expect(before).toBeGreaterThan(0);
  await setFirewall(inner.mac, { inbound: everything, outbound: [{ protocol: 'tcp', addresses: world }] });
  await send();
  expect(await seen()).toBe(before);
});

test('a machine that is cut off is silent until joined again, and stays so when restarted', async () => {
  await setFirewall(inner.mac, undefined);
  await cutMachine('inner');
  expect(await fromEverywhere()).not.toContain('open');
  await stopMachine('inner', { hard: true });
  await startMachine('inner');
  expect(await fromEverywhere()).not.toContain('open');
  await joinMachine('inner');
  await untilSsh(inner);
});

test('a machine’s disk can be filled, at no cost to the host, and emptied again', async () => {
  const { image } = machinePaths('inner');
  await fillDisk('inner');
  const write = () => inside('inner', 'head -c 100000 /dev/zero >/var/lib/more');
  await expect(write()).rejects.toThrow(/No space left on device/);
  expect(statSync(image).blocks * 512).toBeLessThan(2e9);
  await inside('inner', 'rm /var/lab-fill');
  await write();
});

test('a slowed machine answers later by the time given', async (context) => {
  const time = async () => {
    const started = performance.now();
    expect(await reach(inner.ip4, 22)).toBe('open');
    return performance.now() - started;
  };
  const refused = await slowMachine('inner', 300).catch((error: Error) => error.message);
  if (refused) {
    expect(refused).toContain('CONFIG_NET_SCH_NETEM');
    context.skip('this kernel has no netem');
  }
  expect(await time()).toBeGreaterThan(290);
  await slowMachine('inner', 0);
  expect(await time()).toBeLessThan(200);
});

test('removal leaves nothing, also of frozen machines whose records are lost', async () => {
  await freezeMachine('inner');
  rmSync(machinePaths('inner').spec);
  rmSync(machinePaths('outer').spec);
  const removed = await removeLeftovers();
  expect(removed).toEqual(
    expect.arrayContaining([
      'container coop-lab-inner',
      'container coop-lab-outer',
      'network coop-lab and its firewall',
    ]),
  );
  for (const list of [
    ['ps', '-a'],
    ['volume', 'ls'],
    ['network', 'ls'],
  ])
    expect(await docker([...list, '--quiet', '--filter', 'label=coop.lab=1'])).toBe('');
  expect((await run('nft', ['list', 'tables'])).stdout).not.toContain('coop_lab');
  expect((await run('ip', ['-o', 'link'])).stdout).not.toContain('coop0');
  expect((await run('find', ['/sys/fs/cgroup', '-name', '*coop*lab*'])).stdout).toBe('');
  expect((await run('cat', ['/proc/mounts'])).stdout).not.toContain(paths.machines);
  expect((await run('losetup', ['--list', '--noheadings'])).stdout).not.toContain(paths.machines);
  expect(existsSync(paths.machines)).toBe(false);
  expect(await removeLeftovers()).toEqual([]);
});
