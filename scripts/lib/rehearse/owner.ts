import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Which process a rehearsal is of; stands in the first line of its stack file. */
const ownerSchema = z.object({
  source: z.string(),
  host: z.string(),
  /** Which set of processes the number counts in: containers share a host's name. */
  processes: z.string(),
  pid: z.number(),
  /** When the process began, by the kernel: numbers are used again. */
  since: z.string(),
  /** Kept on purpose, until then. */
  keptUntil: z.string().optional(),
});
export type Owner = z.infer<typeof ownerSchema>;

const mark = '# coop rehearse: ';

export function ownerHere(source: string): Owner {
  const { pid } = process;
  return { source, host: hostname(), processes: processesHere(), pid, since: beganOf(pid) };
}

/** Put before a stack file's text, or in place of what says so already. */
export const withOwner = (text: string, owner: Owner): string =>
  `${mark}${JSON.stringify(owner)}\n${text.startsWith(mark) ? text.slice(text.indexOf('\n') + 1) : text}`;

export function ownerIn(text: string): Owner | undefined {
  if (!text.startsWith(mark)) return undefined;
  try {
    return ownerSchema.parse(JSON.parse(text.slice(mark.length, text.indexOf('\n'))));
  } catch {
    return undefined;
  }
}

/** `gone`: it was killed, or its machine was. `elsewhere`: who cannot be seen from here may be at it. */
export function stateOf(
  owner: Owner | undefined,
  now = new Date(),
): 'running' | 'gone' | 'elsewhere' | 'kept' {
  if (!owner) return 'elsewhere';
  if (owner.keptUntil && Date.parse(owner.keptUntil) > +now) return 'kept';
  if (owner.keptUntil) return 'gone';
  if (owner.host !== hostname() || owner.processes !== processesHere()) return 'elsewhere';
  return beganOf(owner.pid) === owner.since ? 'running' : 'gone';
}

/** Field 22 of /proc/PID/stat, behind a name that may hold anything; '' for none, and for one that is dead and not yet fetched. */
function beganOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /^[ZX]/.test(fields[0] ?? '') ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

function processesHere(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
