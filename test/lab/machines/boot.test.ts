import { afterAll, beforeAll, expect, test } from 'vitest';
import { docker } from '../../../lab/machines/exec.ts';
import {
  addAddress,
  freezeMachine,
  machineState,
  removeAddress,
  removeLeftovers,
  removeMachine,
  serveMetadata,
  startMachine,
  stopMachine,
  thawMachine,
} from '../../../lab/machines/index.ts';
import { machinePaths } from '../../../lab/machines/names.ts';
import {
  boot,
  inside,
  listen,
  loadImage,
  login,
  prepare,
  reach,
  reachFrom,
  spec,
  ssh,
  until,
  untilSsh,
  whoAnswers,
} from './support.ts';

const one = spec('one', 20);
const two = spec('two', 21, { ip6: undefined });
const reserved = '198.18.2.9';
let seconds = 0;

beforeAll(async () => {
  await prepare();
  seconds = await boot(one, two);
});
afterAll(async () => {
  await removeLeftovers();
});

test('two machines let their owner in by key within two minutes of being asked for', () => {
  // 4 to 6 s on a quiet machine; the bar leaves room for one whose disk still writes the image it has just built.
  console.log(`two machines, from the call to SSH: ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(120);
});

test('the host key is the one delivered by cloud-init, and a stranger has no way in', async () => {
  expect((await ssh(one.ip4, 'hostname')).stdout.trim()).toBe('host-one');
  const keys = (await docker(['exec', 'coop-lab-one', 'sh', '-c', 'ls /etc/ssh/ssh_host_*_key'])).split('\n');
  expect(keys).toEqual(['/etc/ssh/ssh_host_ed25519_key']);
  const stranger = await ssh(one.ip4, 'true', '/dev/null');
  expect(stranger.code).toBe(255);
  expect(stranger.stderr).toMatch(/Permission denied/);
});

test('systemd reaches `running` with no failed unit, and cloud-init reports no error', async () => {
  expect(await inside('one', 'cloud-init status --wait')).toMatch(/status: done/);
  await until(
    async () => /running/.test(await inside('one', 'systemctl is-system-running || true')),
    20,
    'running',
  );
  expect(await inside('one', 'systemctl --failed --quiet')).toBe('');
});

test('machines reach each other over IPv4 and IPv6, and one without an IPv6 address only over IPv4', async () => {
  await listen('one');
  await listen('two');
  expect(await reachFrom('two', one.ip4, 8080)).toBe('open');
  expect(await reachFrom('one', two.ip4, 8080)).toBe('open');
  expect(await reach(one.ip6 as string, 8080)).toBe('open');
  expect(await inside('two', 'ip -6 -o address show dev eth0 scope global')).toBe('');
});

test('nothing leaves the lab: the world and the host’s other addresses answer at once that there is no way', async () => {
  for (const address of ['1.1.1.1', '172.17.0.1', '2606:4700:4700::1111'])
    expect(await reachFrom('one', address, 443), address).toMatch(/rejected|refused/);
});

test('a nested container runs inside the machine’s own cgroup and stops when the machine is frozen', async () => {
  const { disk } = machinePaths('one');
  await loadImage('one', disk);
  const loop = 'while :; do date +%s%N >/tick/now; sleep 0.05; done';
  await inside(
    'one',
    `docker run -d --name ticker -v /var/tmp/tick:/tick debian:trixie-slim bash -c '${loop}'`,
  );
  const tick = () => inside('one', 'cat /var/tmp/tick/now');
  const before = await tick();
  await until(async () => (await tick()) !== before, 5, 'a tick');
  await freezeMachine('one');
  expect(await machineState('one')).toBe('frozen');
  const { readFileSync } = await import('node:fs');
  const frozen = readFileSync(`${disk}/tmp/tick/now`, 'utf8');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(readFileSync(`${disk}/tmp/tick/now`, 'utf8')).toBe(frozen);
  await thawMachine('one');
  await until(async () => (await tick()) !== frozen.trim(), 5, 'a tick after the thaw');
  expect(
    await inside(
      'one',
      'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null || true',
    ),
  ).toContain(String(2048 * 1024 * 1024));
});

test('a machine reads its own user data from 169.254.169.254, and nobody else’s', async () => {
  const server = await serveMetadata();
  try {
    const get = (id: string, path: string) =>
      inside(id, `curl -sf -m 3 http://169.254.169.254/metadata/v1/${path}`);
    expect(await get('one', 'user-data')).toContain('OPENSSH PRIVATE KEY');
    expect(await get('two', 'id')).toBe('two');
    expect(await get('two', 'public-keys')).toBe(login.publicKey);
  } finally {
    server.close();
  }
});

test('a reserved address moves from one machine to the other, at once, for those who had just used it', async () => {
  await addAddress('one', reserved);
  expect(await whoAnswers(reserved)).toBe('host-one');
  await removeAddress('one', reserved);
  await removeAddress('gone', reserved);
  await addAddress('two', reserved);
  expect(await whoAnswers(reserved)).toBe('host-two');
  expect(await reachFrom('one', reserved, 8080)).toBe('open');
  expect(await inside('one', 'ip -o address show dev eth0')).not.toContain(reserved);
});

test('a restart from outside keeps disk and addresses', async () => {
  await inside('two', 'echo kept >/root/note && echo kept >/var/lib/note');
  await stopMachine('two');
  expect(await machineState('two')).toBe('stopped');
  expect(await reach(two.ip4, 22)).not.toBe('open');
  await startMachine('two');
  await untilSsh(two);
  expect((await ssh(reserved, 'cat /root/note /var/lib/note; hostname')).stdout).toBe(
    'kept\nkept\nhost-two\n',
  );
});

test('`reboot` inside comes back by itself, `poweroff` stays off until it is switched on', async () => {
  const started = () => docker(['inspect', '-f', '{{.State.StartedAt}}', 'coop-lab-two']);
  const before = await started();
  await ssh(two.ip4, 'systemctl reboot');
  await until(async () => (await started()) !== before, 30, 'a reboot');
  await untilSsh(two);
  expect((await ssh(reserved, 'hostname')).stdout.trim()).toBe('host-two');
  await ssh(two.ip4, 'systemctl poweroff');
  await until(async () => (await machineState('two')) === 'stopped', 30, 'being off');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await machineState('two')).toBe('stopped');
  await startMachine('two');
  await untilSsh(two);
});

test('a removed machine is missing, and its address answers no more', async () => {
  await removeMachine('two');
  expect(await machineState('two')).toBe('missing');
  expect(await reach(two.ip4, 22)).not.toBe('open');
  await removeMachine('two');
});
