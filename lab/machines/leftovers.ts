import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { paths } from '../paths.ts';
import { removeAllCgroups } from './cgroups.ts';
import { unmount } from './disk.ts';
import { ensureDocker } from './docker-daemon.ts';
import { docker, run } from './exec.ts';
import { label, network } from './names.ts';
import { removeNetwork } from './network.ts';

/** Removes all of the lab's machines, found by label and name even where every record is lost; returns what it removed. */
export async function removeLeftovers(): Promise<string[]> {
  const removed: string[] = [];
  if (await dockerIsNeeded()) {
    removed.push(
      ...(await removeAll('container', ['ps', '--all'], '{{.Names}}', ['rm', '--force', '--volumes'])),
    );
    removed.push(...(await removeAll('volume', ['volume', 'ls'], '{{.Name}}', ['volume', 'rm', '--force'])));
  }
  if (await removeNetwork()) removed.push(`network ${network.name} and its firewall`);
  removed.push(...(await removeAllCgroups()).map((path) => `cgroup ${path}`));
  for (const mount of labMounts()) {
    await unmount(mount);
    rmSync(dirname(mount), { recursive: true, force: true });
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

/** Machines' disks, this lab's or of one in a directory nobody remembers: a loop device whose file lies beside its mount. */
function labMounts(): string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [device = '', path = ''] = line.split(' ').map((field) => field.replaceAll('\\040', ' '));
      const isDisk = basename(path) === 'disk' && basename(dirname(dirname(path))) === 'machines';
      return isDisk && backingFile(device)?.startsWith(join(dirname(path), 'disk.img')) ? [path] : [];
    });
}

function backingFile(device: string): string | undefined {
  const file = `/sys/block/${basename(device)}/loop/backing_file`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
