import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { labDir, paths } from '../paths.ts';

export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  /** Added to a minimal environment; secrets may stand here, never in args. */
  env?: Record<string, string>;
  cwd?: string;
  /** Text whose change means the process must be restarted: its configuration file. */
  config?: string;
}

interface PidRecord {
  pid: number;
  /** Field 22 of /proc/PID/stat with the boot's id: a recycled pid never matches. */
  started: string;
  spec: string;
}

const specHash = (spec: ProcessSpec) => createHash('sha256').update(JSON.stringify(spec)).digest('hex');

/** Set in the environment of everything the lab starts, so that an orphan without a pid file is found again. */
const MARK = 'COOP_LAB_PROCESS';

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** When a process started, unambiguous across pids and boots; undefined when it is gone or a zombie. */
export function startTime(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (!stat) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return `${readText('/proc/sys/kernel/random/boot_id')?.trim()}:${fields[19]}`;
}

function readRecord(name: string): PidRecord | undefined {
  const text = readText(paths.pidFile(name));
  if (!text) return undefined;
  try {
    return JSON.parse(text) as PidRecord;
  } catch {
    return undefined;
  }
}

/** The pid of a running process of ours; undefined when it is gone, even when its pid was given to another. */
export function alivePid(name: string): number | undefined {
  const record = readRecord(name);
  return record && startTime(record.pid) === record.started ? record.pid : undefined;
}

/** Starts a process in its own session with its output in a log file; one that already runs unchanged is left alone. */
export async function ensureProcess(spec: ProcessSpec): Promise<{ pid: number; started: boolean }> {
  const running = alivePid(spec.name);
  const hash = specHash(spec);
  if (running !== undefined) {
    if (readRecord(spec.name)?.spec === hash) return { pid: running, started: false };
    await stopProcess(spec.name);
  }
  mkdirSync(paths.run, { recursive: true });
  mkdirSync(dirname(paths.logFile(spec.name)), { recursive: true });
  const log = openSync(paths.logFile(spec.name), 'a');
  const child = spawn(spec.command, spec.args, {
    detached: true,
    cwd: spec.cwd ?? '/',
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: process.env.HOME ?? '/root',
      ...spec.env,
      [MARK]: `${spec.name}@${labDir}`,
      ...(process.env.COOP_LAB_DIR ? { COOP_LAB_DIR: labDir } : {}),
    },
  });
  closeSync(log);
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', (error) =>
      reject(new Error(`${spec.name} did not start — ${spec.command} — ${error.message}`, { cause: error })),
    );
    child.once('spawn', () => resolve(child.pid as number));
  });
  child.unref();
  const record: PidRecord = { pid, started: startTime(pid) ?? 'gone', spec: hash };
  writeFileSync(paths.pidFile(spec.name), JSON.stringify(record));
  return { pid, started: true };
}

/** Ends a process group with TERM, then KILL; true when something was running. */
export async function stopProcess(name: string, graceMs = 5000): Promise<boolean> {
  const record = readRecord(name);
  const pid = alivePid(name);
  if (record && pid !== undefined) await end(pid, record.started, graceMs);
  rmSync(paths.pidFile(name), { force: true });
  return pid !== undefined;
}

async function end(pid: number, started: string, graceMs: number): Promise<void> {
  const gone = () => startTime(pid) !== started;
  const signal = (kind: NodeJS.Signals) => {
    // The whole group where it leads one; a process that is just a pid otherwise.
    for (const target of [-pid, pid]) {
      try {
        process.kill(target, kind);
        return;
      } catch {}
    }
  };
  for (const [kind, wait] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 5000],
  ] as const) {
    if (gone()) return;
    signal(kind);
    for (const until = Date.now() + wait; Date.now() < until && !gone(); ) await sleep(20);
  }
  if (!gone())
    throw new Error(`process ${pid} survived SIGKILL — ${labDir} — it hangs in the kernel; reboot`);
}

/** Waits until a probe answers, and says what the log's end says when the process died or time ran out. */
export async function waitReady(
  name: string,
  probe: () => Promise<boolean>,
  timeoutMs = 15_000,
): Promise<void> {
  const until = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < until) {
    try {
      // An answer may be another's, who has the address.
      if ((await probe()) && alivePid(name) !== undefined) return;
    } catch (error) {
      last = error;
    }
    if (alivePid(name) === undefined) break;
    await sleep(25);
  }
  const what = alivePid(name) === undefined ? 'ended at once' : `not ready after ${timeoutMs / 1000} s`;
  const tail = (readText(paths.logFile(name)) ?? '').trimEnd().split('\n').slice(-5).join('\n');
  throw new Error(`${name} ${what} — ${paths.logFile(name)} — its last lines:\n${tail}`, { cause: last });
}

/** Names of everything that has a pid file, running or not. */
export function knownProcesses(): string[] {
  try {
    return readdirSync(paths.run)
      .filter((file) => file.endsWith('.pid'))
      .map((file) => file.slice(0, -4));
  } catch {
    return [];
  }
}

/** Every process that any lab on this machine started, found in the kernel's list alone. */
function marked(): { pid: number; name: string; lab: string; started: string }[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const line = readText(`/proc/${pid}/environ`)
      ?.split('\0')
      .find((each) => each.startsWith(`${MARK}=`));
    const started = startTime(pid);
    if (!line || !started) return [];
    const at = line.indexOf('@');
    return [{ pid, name: line.slice(MARK.length + 1, at), lab: line.slice(at + 1), started }];
  });
}

/** Directories of other labs that run on this machine: there is one network for all. */
export const otherLabs = (): string[] => [
  ...new Set(
    marked()
      .map(({ lab }) => lab)
      .filter((lab) => lab !== labDir),
  ),
];

/** Ends what this lab started and nobody remembers: its starter was killed before it wrote the pid file. */
export async function stopOrphans(graceMs = 2000): Promise<string[]> {
  const ours = marked().filter(({ lab }) => lab === labDir);
  await Promise.all(ours.map(({ pid, started }) => end(pid, started, graceMs)));
  return ours.map(({ name, pid }) => `${name} (pid ${pid})`);
}

/** Resident memory of a process in bytes; undefined when it is gone. */
export function residentBytes(pid: number): number | undefined {
  const line = readText(`/proc/${pid}/status`)?.match(/^VmRSS:\s+(\d+) kB/m);
  return line ? Number(line[1]) * 1024 : undefined;
}
