import { existsSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupParent } from './names.ts';

const root = '/sys/fs/cgroup';
const parents = Object.values(cgroupParent).map((name) => name.replace(/^\//, ''));

/** The lab's directory in every hierarchy: one on cgroup v2, one per controller on v1. */
function labDirectories(): string[] {
  const hierarchies = [root, ...readdirSync(root).map((name) => join(root, name))];
  return hierarchies
    .flatMap((top) => parents.map((name) => join(top, name)))
    .filter((path) => existsSync(path));
}

function directoriesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [join(directory, entry.name)] : [],
    );
  } catch {
    return [];
  }
}

/** Frozen processes do not even die: a container that was paused, in a machine that is gone. */
function thaw(directory: string): void {
  for (const [file, value] of [
    ['freezer.state', 'THAWED'],
    ['cgroup.freeze', '0'],
  ] as const)
    try {
      writeFileSync(join(directory, file), value, { flag: 'r+' });
    } catch {}
}

/** A cgroup goes when everything below it has gone, and its last process has been reaped. */
function removeTree(directory: string): void {
  thaw(directory);
  for (const child of directoriesIn(directory)) removeTree(child);
  try {
    rmdirSync(directory);
  } catch {}
}

async function removed(directories: () => string[]): Promise<string[]> {
  const found = directories();
  for (let tries = 0; tries < 50 && directories().length > 0; tries++) {
    for (const directory of directories()) removeTree(directory);
    if (directories().length > 0) await sleep(100);
  }
  const left = directories();
  if (left.length > 0)
    throw new Error(`cgroups still hold processes — ${left.join(', ')} — see cgroup.procs in them`);
  return found;
}

/** Removes what a container's nested cgroups left behind: Docker removes only those it made itself. */
export const removeCgroups = (container: string) =>
  removed(() =>
    labDirectories().flatMap((top) => directoriesIn(top).filter((path) => path.includes(container))),
  );

/** Removes the cgroups of every machine there ever was. */
export const removeAllCgroups = () => removed(labDirectories);
