import { existsSync, readFileSync } from 'node:fs';
import { readState } from '../../doctor/state.ts';
import { pulumi } from '../pulumi.ts';
import { moment } from '../report/words.ts';
import type { StackPlace } from '../stack-config.ts';
import { stackFile } from '../stack-file.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { beganAt } from './names.ts';
import { ownerIn, stateOf } from './owner.ts';

export interface Leftover {
  stack: string;
  began: Date;
  state: ReturnType<typeof stateOf>;
  keptUntil?: string | undefined;
}

/** Every rehearsal the state knows, running or left behind. */
export async function findRehearsals(place: Omit<StackPlace, 'stack'>): Promise<Leftover[]> {
  const printed = await pulumi(['stack', 'ls', '--json'], { cwd: place.projectDir, env: place.env });
  return (JSON.parse(printed) as { name: string }[]).flatMap(({ name }): Leftover[] => {
    const stack = name.split('/').at(-1) ?? name;
    const began = beganAt(stack);
    if (!began) return [];
    const file = stackFile(place.projectDir, stack);
    const owner = existsSync(file) ? ownerIn(readFileSync(file, 'utf8')) : undefined;
    return [{ stack, began, state: stateOf(owner), keptUntil: owner?.keptUntil }];
  });
}

/** Nobody can still be at it: it was killed here, or is older than any machine of it lives. */
export const isLeft = ({ state, began }: Leftover, now = new Date()): boolean =>
  state === 'gone' || (state === 'elsewhere' && +now - +began > 7 * 86_400_000);

/** Since when it is there, and who may be at it. */
export function describeRehearsal({ stack, began, state, keptUntil }: Leftover): string {
  const words = {
    running: 'is running here',
    gone: keptUntil ? 'was kept, and its time is over' : 'its coop is gone',
    elsewhere: `may be running on another computer; if it is not: coop rehearse --cleanup ${stack}`,
    kept: `is kept until ${keptUntil ? moment(keptUntil) : 'later'}; earlier: coop rehearse --cleanup ${stack}`,
  };
  return `${stack} (began ${moment(began.toISOString())}, ${words[state]})`;
}

/** A file that was lost, or never was on this computer: its salt is in the state, and that is all `destroy` needs. */
export async function restoreFile(place: StackPlace): Promise<void> {
  const file = stackFile(place.projectDir, place.stack);
  if (existsSync(file)) return;
  const salt = (await readState(place))?.salt;
  writeFileAtomically(file, salt ? `encryptionsalt: ${salt}\nconfig: {}\n` : 'config: {}\n');
}
