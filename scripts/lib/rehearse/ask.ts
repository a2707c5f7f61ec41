import type { z } from 'zod';
import { VisibleError } from '../../../components/errors.ts';
import { remoteOutput } from '../remote.ts';
import type { SshTarget } from '../ssh-command.ts';

/** Runs words on a machine that have to end well; their output. */
export async function say(target: SshTarget, words: string[], stop?: AbortSignal): Promise<string> {
  const { code, stdout, stderr } = await unlessStopped(remoteOutput(target, words), stop);
  if (code === 0) return stdout;
  throw new VisibleError(
    `${words.slice(0, 3).join(' ')} ended with ${code}: ${lastLine(stderr) || 'it said nothing'} — ${target.stack} (${target.address}) — look with: coop ssh ${target.stack}`,
  );
}

/** The JSON that words print, whatever their exit code: 1 says that something in it is not well. */
export async function answer<T>(
  target: SshTarget,
  words: string[],
  schema: z.ZodType<T>,
  stop?: AbortSignal,
): Promise<T> {
  const { code, stdout, stderr } = await unlessStopped(remoteOutput(target, words), stop);
  const problem = (what: string) =>
    new VisibleError(
      `${words.join(' ')} ${what} — ${target.stack} (${target.address}), exit code ${code} — ${lastLine(stderr) || 'it said nothing else'}`,
    );
  let said: unknown;
  try {
    said = JSON.parse(stdout);
  } catch {
    throw problem('printed no JSON');
  }
  const { success, data, error } = schema.safeParse(said);
  if (success) return data;
  const [issue] = error.issues;
  throw problem(`printed what we do not know (${issue?.path.join('.')}: ${issue?.message})`);
}

/** Seconds a machine's clock is ahead of ours; 0 when that is less than can be told over SSH. */
export async function clockAhead(target: SshTarget, stop?: AbortSignal): Promise<number> {
  const before = Date.now();
  const theirs = Number(await say(target, ['date', '+%s.%N'], stop));
  const after = Date.now();
  if (Number.isNaN(theirs)) return 0;
  const ahead = theirs - (before + after) / 2000;
  return Math.abs(ahead) <= (after - before) / 2000 ? 0 : Math.round(ahead * 100) / 100;
}

/** A connection is not waited for when coop is to stop: what it leads to is about to go. */
export function unlessStopped<T>(work: Promise<T>, stop: AbortSignal | undefined): Promise<T> {
  if (!stop) return work;
  stop.throwIfAborted();
  return new Promise((resolve, reject) => {
    const give = () => reject(stop.reason as Error);
    stop.addEventListener('abort', give, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', give));
  });
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
