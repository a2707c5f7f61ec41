import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StackPlace } from '../stack-config.ts';

const NAME = 'COOP_REHEARSAL';

type Place = Pick<StackPlace, 'projectDir' | 'stack'>;

/** Stands in the environment of the engine, and so of everything it starts: its plugins, the program, their ssh. */
export const markOf = ({ projectDir, stack }: Place): Record<string, string> => ({
  [NAME]: `${stack} ${projectDir}`,
});

/**
 * Ends what an engine that is gone left at work: the program does not end by itself when nobody answers it any more. Only
 * processes whose own environment says that they are of this rehearsal; how many there were.
 */
export async function endStragglers(place: Place, patienceMs = 5000): Promise<number> {
  const found = processesOf(place);
  for (let waited = 0; waited < patienceMs; waited += 100) {
    if (waited === 0) for (const pid of found) tell(pid, 'SIGTERM');
    if (processesOf(place).length === 0) return found.length;
    await sleep(100);
  }
  for (const pid of processesOf(place)) tell(pid, 'SIGKILL');
  return found.length;
}

/** Numbers of the processes that carry the mark; those of others cannot be read, and none where there is no /proc. */
function processesOf(place: Place): number[] {
  const mark = `${NAME}=${markOf(place)[NAME]}`;
  return numbersIn('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark);
    } catch {
      return false;
    }
  });
}

function numbersIn(directory: string): number[] {
  try {
    return readdirSync(directory)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => pid !== process.pid);
  } catch {
    return [];
  }
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}
