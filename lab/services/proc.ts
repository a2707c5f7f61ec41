import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A file's text, or nothing where it cannot be read: what lies in /proc goes while one looks. */
export function readText(file: string): string | undefined {
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

/** Ends a process and its group with TERM, then KILL; returns when it is gone. */
export async function endProcess(pid: number, started: string, graceMs: number): Promise<void> {
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
    throw new Error(`process ${pid} survived SIGKILL — this machine — it hangs in the kernel; reboot`);
}

/** Resident memory of a process in bytes; undefined when it is gone. */
export function residentBytes(pid: number): number | undefined {
  const line = readText(`/proc/${pid}/status`)?.match(/^VmRSS:\s+(\d+) kB/m);
  return line ? Number(line[1]) * 1024 : undefined;
}
