import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { labDir, paths } from '../paths.ts';
import { MARK } from './orphans.ts';
import { endProcess, readText, startTime } from './proc.ts';

export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  /** Added to a minimal environment; secrets may stand here, never in args. */
  env?: Record<string, string>;
  cwd?: string;
  /** Text whose change means the process must be restarted: its configuration file. */
  config?: string;
  /** Done right before a start, never beside a running process. */
  before?: () => void;
}

interface PidRecord {
  pid: number;
  /** Field 22 of /proc/PID/stat with the boot's id: a recycled pid never matches. */
  started: string;
  spec: string;
}

const specHash = (spec: ProcessSpec) => createHash('sha256').update(JSON.stringify(spec)).digest('hex');

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
  spec.before?.();
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
  if (record && pid !== undefined) await endProcess(pid, record.started, graceMs);
  rmSync(paths.pidFile(name), { force: true });
  return pid !== undefined;
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
