import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, type Ran, run } from '../../../lab/machines/exec.ts';
import {
  createMachine,
  ensureDocker,
  ensureMachineImage,
  ensureNetwork,
  type MachineSpec,
} from '../../../lab/machines/index.ts';
import { label, network } from '../../../lab/machines/names.ts';

const scratch = mkdtempSync(join(tmpdir(), 'coop-lab-test.'));

/** A fresh ed25519 pair in OpenSSH's format. */
function keyPair(name: string): { file: string; privateKey: string; publicKey: string } {
  const file = join(scratch, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
  return {
    file,
    privateKey: readFileSync(file, 'utf8'),
    publicKey: readFileSync(`${file}.pub`, 'utf8').trim(),
  };
}

export const login = keyPair('login');
export const hostKey = keyPair('host');

const indented = (text: string) => text.trim().replaceAll('\n', '\n    ');
const userData = [
  '#cloud-config',
  'ssh_keys:',
  `  ed25519_private: |\n    ${indented(hostKey.privateKey)}`,
  `  ed25519_public: ${hostKey.publicKey}`,
  '',
].join('\n');

export function spec(id: string, number: number, more: Partial<MachineSpec> = {}): MachineSpec {
  return {
    id,
    name: `host-${id}`,
    mac: `02:c0:0b:00:00:${number.toString(16).padStart(2, '0')}`,
    ip4: `198.18.1.${number}`,
    ip6: `fd00:c00b::1:${number}`,
    memoryMb: 2048,
    vcpus: 2,
    userData,
    sshKeys: [login.publicKey],
    ...more,
  };
}

/** Docker and an image are there, and nobody's lab is up: there is one network per host. */
export async function prepare(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('these tests boot machines: run them as root');
  await ensureDocker();
  const running = await docker(['ps', '--all', '--filter', `label=${label}`, '--format', '{{.Names}}']);
  const present =
    (await run('docker', ['network', 'inspect', network.name], { allowFailure: true })).code === 0;
  if (running || present)
    throw new Error(`a lab is up on this host (${running || network.name}): coop lab down first`);
  await ensureMachineImage();
  await ensureNetwork();
}

/** Boots machines at the same time and waits until each lets us in; returns seconds from the call to the login. */
export async function boot(...specs: MachineSpec[]): Promise<number> {
  const started = performance.now();
  await Promise.all(specs.map((one) => createMachine(one)));
  await Promise.all(specs.map((one) => untilSsh(one)));
  return (performance.now() - started) / 1000;
}

const knownHosts = join(scratch, 'known_hosts');
writeFileSync(knownHosts, `* ${hostKey.publicKey}\n`);

const sshOptions = [
  'BatchMode=yes',
  'ConnectTimeout=2',
  'GlobalKnownHostsFile=/dev/null',
  'IdentitiesOnly=yes',
  'LogLevel=ERROR',
  'StrictHostKeyChecking=yes',
  `UserKnownHostsFile=${knownHosts}`,
].flatMap((option) => ['-o', option]);

/** Runs a command over SSH as root, accepting the delivered host key only. */
export function ssh(address: string, command: string, key = login.file): Promise<Ran> {
  const args = ['-F', '/dev/null', ...sshOptions, '-i', key, `root@${address}`, command];
  return run('ssh', args, { allowFailure: true, timeoutMs: 60_000 });
}

export async function untilSsh({ id, ip4 }: MachineSpec, seconds = 150): Promise<void> {
  let answer = '';
  const lets = async () => {
    const { code, stderr } = await ssh(ip4, 'true');
    answer = stderr.trim();
    // Each refused login before cloud-init is done counts (PerSourcePenalties): often enough, and nobody is answered for a while.
    const pause = /refused|No route/.test(answer) ? 200 : 2000;
    if (code !== 0) await new Promise((resolve) => setTimeout(resolve, pause));
    return code === 0;
  };
  await until(lets, seconds, `SSH at ${ip4}`).catch(async (error: Error) => {
    throw new Error(`${error.message}\nssh: ${answer}\n${await account(id, ip4)}`);
  });
}

/** What a machine that lets nobody in says of itself, and what the host knows of it. */
async function account(id: string, ip4: string): Promise<string> {
  const parts = [
    ['docker', 'ps', '--all'],
    ['ip', 'neigh', 'show', ip4],
    ['docker', 'exec', `coop-lab-${id}`, 'systemctl', 'list-jobs', '--no-pager'],
    ['docker', 'exec', `coop-lab-${id}`, 'journalctl', '--no-pager', '-n', '60', '-o', 'cat'],
    ['docker', 'logs', '--tail', '30', `coop-lab-${id}`],
  ];
  const told = parts.map(async ([command = '', ...args]) => {
    const { stdout, stderr } = await run(command, args, { allowFailure: true, timeoutMs: 20_000 });
    return `--- ${command} ${args.join(' ')}\n${stdout}${stderr}`;
  });
  return (await Promise.all(told)).join('\n');
}

export async function until(holds: () => Promise<boolean>, seconds: number, what: string): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs a shell line inside a machine, past its network. */
export async function inside(id: string, line: string): Promise<string> {
  return docker(['exec', `coop-lab-${id}`, 'bash', '-c', line], { timeoutMs: 120_000 });
}

export type Reached = 'open' | 'refused' | 'rejected' | 'silent';

/** How a TCP connection from the host fares. */
export function reach(address: string, port: number): Promise<Reached> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1_500 });
    const done = (how: Reached) => {
      socket.destroy();
      resolve(how);
    };
    socket.once('connect', () => done('open'));
    socket.once('timeout', () => done('silent'));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      done(error.code === 'ECONNREFUSED' ? 'refused' : 'rejected'),
    );
  });
}

/** How a TCP connection from inside a machine fares. */
export async function reachFrom(id: string, address: string, port: number): Promise<Reached> {
  const line = `exec 3<>/dev/tcp/${address}/${port}`;
  const ran = await run('docker', ['exec', `coop-lab-${id}`, 'timeout', '1.5', 'bash', '-c', line], {
    allowFailure: true,
  });
  if (ran.code === 0) return 'open';
  if (ran.code === 124) return 'silent';
  return /refused/.test(ran.stderr) ? 'refused' : 'rejected';
}

/** Serves a machine's /etc on port 8080, v4 and v6: GET /hostname tells which one answers. */
export async function listen(id: string): Promise<void> {
  await inside(id, 'systemd-run -q --unit listen python3 -m http.server 8080 --bind :: --directory /etc');
  await until(async () => (await reachFrom(id, '127.0.0.1', 8080)) === 'open', 10, `port 8080 of ${id}`);
}

export async function whoAnswers(address: string): Promise<string> {
  const answer = await fetch(`http://${address}:8080/hostname`, {
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(2_000),
  });
  return (await answer.text()).trim();
}

/** Brings Debian's base image into a machine's own Docker, by its disk. */
export async function loadImage(id: string, disk: string): Promise<void> {
  await docker(['save', '-o', join(disk, 'tmp/image.tar'), 'debian:trixie-slim'], { timeoutMs: 120_000 });
  await inside(id, 'docker load -q -i /var/tmp/image.tar && rm /var/tmp/image.tar');
}
