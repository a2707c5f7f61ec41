import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { VisibleError } from '../../../components/errors.ts';
import { readLocks } from '../../doctor/locks.ts';
import { readState, type StateResource } from '../../doctor/state.ts';
import { findBackend } from '../backend.ts';
import type { Progress } from '../progress.ts';
import type { StackPlace } from '../stack-config.ts';
import { engine, lastWords } from './engine.ts';
import { removeRehearsalStack } from './stack.ts';
import { endStragglers } from './stragglers.ts';

/** Tries, with a pause between: a network that is lost for a minute is no reason to leave a machine behind. */
const TRIES = 3;

/** Takes a rehearsal away: everything it made, its state, its file. What cannot be is named, and stays in the state. */
export async function takeDown(place: StackPlace, progress: Progress, pauseMs = 15_000): Promise<void> {
  await freeLock(place, progress);
  const stragglers = await endStragglers(place);
  if (stragglers > 0)
    progress.note(`${place.stack}: ended ${stragglers} process(es) that its engine had left behind`);
  let left = await resourcesOf(place);
  for (let tries = 1; left.length > 0 && tries <= TRIES; tries++) {
    const result = await progress.step(`destroy ${place.stack}`, () =>
      engine(place, ['destroy', '--yes', '--skip-preview']),
    );
    left = await resourcesOf(place);
    if (left.length > 0) progress.note(lastWords(result, 20));
    if (left.length > 0 && tries < TRIES) await sleep(pauseMs);
  }
  if (left.length > 0)
    throw new VisibleError(
      `still there, and still costing: ${namesOf(left)} — stack ${place.stack} — mend what is said above, then: coop rehearse --cleanup ${place.stack}`,
    );
  await removeRehearsalStack(place);
}

/** Everything in its state, the stack itself and its providers too: none of it may be left when the state goes. */
async function resourcesOf(place: StackPlace): Promise<StateResource[]> {
  return (await readState(place))?.resources ?? [];
}

const namesOf = (left: StateResource[]): string =>
  left
    .filter(({ type }) => !type.startsWith('pulumi:'))
    .map(({ urn }) => urn.split('::').at(-1))
    .join(', ') || 'nothing but its entry in the state';

/** Whoever was killed left a lock, and perhaps an engine at work that nobody waits for. */
async function freeLock(place: StackPlace, progress: Progress, minutes = 10): Promise<void> {
  const backend = findBackend(place.projectDir, place.env) ?? '';
  const told = new Set<number>();
  for (let left = minutes * 30; left > 0; left--) {
    const locks = (await readLocks(backend, place.stack, place.env)) ?? [];
    if (locks.length === 0) return;
    const here = locks.filter((lock) => lock.hostname === hostname());
    const alive = here.filter(({ pid }) => isAlive(pid));
    if (here.length === locks.length && alive.length === 0) {
      await engine(place, ['cancel', '--yes']);
      continue;
    }
    for (const { pid } of alive)
      if (!told.has(pid)) {
        told.add(pid);
        progress.note(`${place.stack}: the engine that was left at work (process ${pid}) is told to stop`);
        process.kill(pid, 'SIGINT');
      }
    await sleep(2000);
  }
  throw new VisibleError(
    `somebody holds the state — stack ${place.stack} — wait for them, or after a crash: pulumi cancel -s ${place.stack}; then: coop rehearse --cleanup ${place.stack}`,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
