import { VisibleError } from '../../../../components/errors.ts';
import type { Kit } from '../../../../components/recovery/kit.ts';
import type { Progress } from '../../progress.ts';
import type { Ask } from '../bucket.ts';
import { askForKey, type Knock, knock, untilNone, whoAnswers } from './answers.ts';
import type { Found } from './find.ts';
import type { Step } from './types.ts';

export interface PutAway {
  /** What was done, one line each. */
  done: string[];
  /** What was not, and what stays. */
  remarks: string[];
}

export interface Asking {
  ask: Ask;
  knock?: Knock;
  /** Seconds until nobody may answer any more. */
  seconds?: number;
}

/**
 * Fences the lost server, revokes its keys and takes its names away, in that order; then looks from outside whether it answers,
 * and whether its keys still open the backups. Safe to run again: what was done is found no more.
 */
export async function putAway(
  { machines, steps, keys, remarks }: Found,
  kit: Kit,
  progress: Progress,
  { ask, knock: knocking = knock, seconds }: Asking,
): Promise<PutAway> {
  const addresses = machines.flatMap((machine) => machine.addresses);
  const before = await whoAnswers(addresses, knocking);
  const result: PutAway = { done: [], remarks: [...remarks] };
  for (const step of steps.filter(({ last }) => !last)) await take(step, result, progress);
  if (addresses.length > 0) {
    const still = await progress.step('does the old server still answer?', () =>
      untilNone(() => whoAnswers(addresses, knocking), seconds),
    );
    if (still.length > 0)
      throw new VisibleError(
        `the old server still answers, although it is fenced: ${still.join(', ')} — ${kit.stack} — delete it in the console of its provider, then run this again; no new server was made`,
      );
    result.done.push(
      before.length > 0
        ? `seen from here: ${before.join(', ')} answered before, and answers no more`
        : `seen from here: ${addresses.join(', ')} did not answer before, and does not now`,
    );
  }
  if (keys.length > 0) {
    let answers: string[] = [];
    const known = async () => {
      answers = await Promise.all(keys.map((key) => askForKey(key, kit.buckets.backups, ask)));
      return keys.filter((_, index) => answers[index] === 'SignatureDoesNotMatch');
    };
    const still = await progress.step('do its keys still open the backups?', () => untilNone(known, seconds));
    if (still.length > 0)
      throw new VisibleError(
        `the old server's keys are still known: ${still.join(', ')} — s3://${kit.buckets.backups.bucket} — revoke them in the console of the provider, then run this again; no new server was made`,
      );
    const unclear = keys.filter((_, index) => answers[index] !== 'InvalidAccessKeyId');
    if (unclear.length < keys.length)
      result.done.push('seen from here: the bucket of backups knows its keys no more');
    for (const key of unclear)
      result.remarks.push(
        `key ${key} was deleted, and the bucket says ${answers[keys.indexOf(key)]} to it: look whether it is gone`,
      );
  }
  for (const step of steps.filter(({ last }) => last)) await take(step, result, progress);
  return result;
}

async function take({ says, act, optional }: Step, result: PutAway, progress: Progress): Promise<void> {
  try {
    await progress.step(says, act);
    result.done.push(says);
  } catch (error) {
    const { message } = error as Error;
    if (!optional) throw new VisibleError(`could not ${says} — ${message} — mend that, and run this again`);
    result.remarks.push(`could not ${says}: ${message}`);
  }
}
