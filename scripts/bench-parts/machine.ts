import { readFileSync } from 'node:fs';
import { coop, inLab, type Timed } from './measure.ts';

const words = readFileSync(new URL('./machine.sh', import.meta.url), 'utf8');

/** A figure that the machine named in what it printed. */
export function said(ran: Pick<Timed, 'output'>, name: string): number {
  const value = new RegExp(`^${name} (\\d+)`, 'm').exec(ran.output)?.[1];
  if (value === undefined) throw new Error(`no ${name} in: ${ran.output.slice(-3000)}`);
  return Number(value);
}

export const ssh = (stack: string, line: string): Promise<Timed> => inLab(coop, 'ssh', stack, '--', line);

/** One of the words of machine.sh on the machine; what it printed. */
export const tell = (stack: string, word: string): Promise<Timed> =>
  ssh(stack, `${words}\n${word}`).catch((error: Error) => {
    throw new Error(`${word}: ${error.message.slice(-1500)}`);
  });

/** The same, and the time is the machine's own. */
export async function onMachine(stack: string, word: string): Promise<Timed> {
  const ran = await tell(stack, word);
  return { ...ran, seconds: said(ran, 'took') / 1000 };
}

/** Fills the app's database up to so many gigabytes (10^9), and takes a full backup: what a rehearsal finds. */
export async function fillTo(stack: string, gigabytes: number): Promise<number> {
  const bytes = said(await tell(stack, `fill ${Math.round(gigabytes * 1e9)}`), 'bytes');
  await tell(stack, 'backup');
  return bytes;
}
