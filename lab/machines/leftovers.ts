import { existsSync, readFileSync, rmSync } from 'node:fs';
import { paths } from '../paths.ts';
import { removeAllCgroups } from './cgroups.ts';
import { unmount } from './disk.ts';
import { ensureDocker } from './docker-daemon.ts';
import { docker, run } from './exec.ts';
import { removeTable } from './firewall.ts';
import { label, network } from './names.ts';

/** Removes all of the lab's machines, found by label and name even where every record is lost; returns what it removed. */
export async function removeLeftovers(): Promise<string[]> {
  const removed: string[] = [];
  if (await dockerIsNeeded()) {
    removed.push(
      ...(await removeAll('container', ['ps', '--all', '--no-trunc'], '{{.Names}}', [
        'rm',
        '--force',
        '--volumes',
      ])),
    );
    removed.push(...(await removeAll('volume', ['volume', 'ls'], '{{.Name}}', ['volume', 'rm', '--force'])));
    removed.push(...(await removeAll('network', ['network', 'ls'], '{{.Name}}', ['network', 'rm'])));
  }
  if (await removeTable()) removed.push('firewall table');
  removed.push(...(await removeAllCgroups()).map((path) => `cgroup ${path}`));
  for (const mount of labMounts()) {
    await unmount(mount);
    removed.push(`mount ${mount}`);
  }
  if (existsSync(paths.machines)) {
    rmSync(paths.machines, { recursive: true, force: true });
    removed.push(`directory ${paths.machines}`);
  }
  return removed;
}

/** A killed daemon's containers go on running; only a daemon can take them away. */
async function dockerIsNeeded(): Promise<boolean> {
  const ran = await run('docker', ['version'], { allowFailure: true }).catch(() => undefined);
  if (!ran) return false;
  const traces = existsSync(paths.machines) || existsSync(`/sys/class/net/${network.bridge}`);
  if (ran.code !== 0 && traces) await ensureDocker();
  return ran.code === 0 || traces;
}

async function removeAll(kind: string, list: string[], format: string, remove: string[]): Promise<string[]> {
  const names = (await docker([...list, '--filter', `label=${label}`, '--format', format]))
    .split('\n')
    .filter(Boolean);
  for (const name of names) {
    // What is frozen cannot be killed.
    if (kind === 'container') await run('docker', ['unpause', name], { allowFailure: true });
    await docker([...remove, name]);
  }
  return names.map((name) => `${kind} ${name}`);
}

/** Mounts below the machines' directory, the innermost first. */
function labMounts(): string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
    .filter((path) => path.startsWith(`${paths.machines}/`))
    .sort((a, b) => b.length - a.length);
}
