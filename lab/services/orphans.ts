import { readdirSync, readlinkSync } from 'node:fs';
import { labDir } from '../paths.ts';
import { endProcess, readText, startTime } from './proc.ts';

/** Set in the environment of everything the lab starts, so that an orphan without a pid file is found again. */
export const MARK = 'COOP_LAB_PROCESS';

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

/** A process in a network namespace of its own takes nobody's addresses. */
function sharesOurNetwork(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net');
  } catch {
    return false;
  }
}

/** Directories of other labs in this network, of which there is one for all. */
export const otherLabs = (): string[] => [
  ...new Set(
    marked()
      .filter(({ lab, pid }) => lab !== labDir && sharesOurNetwork(pid))
      .map(({ lab }) => lab),
  ),
];

/** Ends what this lab started and nobody remembers: its starter was killed before it wrote the pid file. */
export async function stopOrphans(graceMs = 2000): Promise<string[]> {
  const ours = marked().filter(({ lab }) => lab === labDir);
  await Promise.all(ours.map(({ pid, started }) => endProcess(pid, started, graceMs)));
  return ours.map(({ name, pid }) => `${name} (pid ${pid})`);
}
