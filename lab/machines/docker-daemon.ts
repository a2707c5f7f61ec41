import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../error.ts';
import { startTime } from '../services/proc.ts';
import { ensureProcess, waitReady } from '../services/process.ts';
import { docker, run } from './exec.ts';
import { ensurePackages } from './packages.ts';

/** True when a daemon answers on the CLI's default socket. */
async function answers(): Promise<boolean> {
  const ran = await run('docker', ['version', '--format', '{{.Server.Version}}'], {
    allowFailure: true,
    timeoutMs: 10_000,
  });
  return ran.code === 0;
}

/**
 * Makes Docker answer: installs Debian's packages that are missing, starts a daemon where none runs. One that this
 * starts has its pid in `.lab/run/dockerd.pid` and ends with the lab; one that was there before stays.
 */
export async function ensureDocker(say: (line: string) => void = console.error): Promise<void> {
  if (process.platform !== 'linux')
    throw new LabError(`machines need Linux — ${process.platform} — run the lab in a Debian virtual machine`);
  await ensurePackages(say);
  if (!(await answers())) await startDaemon(say);
  await assertRootful();
}

async function startDaemon(say: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new LabError('no Docker daemon answers — not root, so none can be started — run with sudo');
  if (existsSync('/run/systemd/system')) {
    say('starting docker.service');
    await run('systemctl', ['start', 'docker.service'], { timeoutMs: 90_000 });
    for (let tries = 0; tries < 100 && !(await answers()); tries++) await sleep(100);
    return;
  }
  removeStalePidFile('/var/run/docker.pid');
  say('starting dockerd');
  const proxies = Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name));
  const env = Object.fromEntries(proxies) as Record<string, string>;
  await ensureProcess({ name: 'dockerd', command: 'dockerd', args: [], env });
  await waitReady('dockerd', answers, 60_000);
}

/** A daemon that was killed leaves its pid, and the next refuses to start while a process, or its zombie, has that number. */
export function removeStalePidFile(file: string): void {
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  const name = `/proc/${pid}/comm`;
  const alive =
    startTime(pid) !== undefined && existsSync(name) && readFileSync(name, 'utf8').trim() === 'dockerd';
  if (!alive) rmSync(file);
}

/** Machines need the host's nftables, mounts and cgroups, which a daemon in a user namespace or VM does not share. */
async function assertRootful(): Promise<void> {
  const facts = await docker(['info', '--format', '{{.OperatingSystem}} {{.SecurityOptions}}']);
  if (/rootless|name=userns|Docker Desktop/.test(facts))
    throw new LabError(`Docker runs rootless or in a VM — ${facts} — use Debian's docker.io as root`);
}
