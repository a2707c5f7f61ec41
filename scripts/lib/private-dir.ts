import { accessSync, constants, existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWhenTold } from './stopping.ts';

const open = new Set<string>();
let listening = false;

/**
 * Runs `work` with a directory only this user can enter, in memory where the system has such a place, and removes it
 * afterwards: also when coop is told to stop.
 */
export async function withPrivateDir<T>(work: (directory: string) => Promise<T>): Promise<T> {
  listen();
  const parent = place();
  sweep(parent);
  const directory = mkdtempSync(join(parent, `coop-${processes()}-${process.pid}-`));
  open.add(directory);
  try {
    return await work(directory);
  } finally {
    remove(directory);
  }
}

/** XDG_RUNTIME_DIR and /dev/shm are memory: a key written there is never on a disk. */
function place(): string {
  for (const candidate of [process.env.XDG_RUNTIME_DIR, '/dev/shm']) {
    if (!candidate) continue;
    try {
      accessSync(candidate, constants.W_OK | constants.X_OK);
      return candidate;
    } catch {}
  }
  return tmpdir();
}

/** The system's name for the set of processes this one can see; several may share the place (containers do). */
function processes(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

/** Takes away what a run left that was killed outright, and could not do it itself. */
function sweep(parent: string): void {
  const ours = processes();
  if (ours === '0') return;
  for (const name of readdirSync(parent)) {
    const [, where, pid] = /^coop-(\d+)-(\d+)-\w{6}$/.exec(name) ?? [];
    if (where !== ours || existsSync(`/proc/${pid}`)) continue;
    try {
      rmSync(join(parent, name), { recursive: true });
    } catch {
      // Somebody else's: theirs to remove.
    }
  }
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  open.delete(directory);
}

function listen(): void {
  if (listening) return;
  listening = true;
  process.on('exit', () => {
    for (const directory of open) remove(directory);
  });
  endWhenTold();
}
