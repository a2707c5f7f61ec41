import { VisibleError } from '../../../components/errors.ts';
import type { Context } from '../context.ts';
import { type PassphraseSource, withPassphrase } from '../passphrase.ts';
import { makeProgress } from '../progress.ts';
import { canAsk, confirm } from '../prompt.ts';
import { describeRehearsal, findRehearsals, isLeft, type Leftover, restoreFile } from './leftovers.ts';
import { beganAt } from './names.ts';
import { takeDown } from './take-down.ts';

export interface CleanUpFlags extends PassphraseSource {
  yes?: boolean;
  json?: boolean;
  color?: boolean;
  /** Before a rehearsal: says nothing when there is nothing, and takes no refusal amiss. */
  quiet?: boolean;
}

/** Takes down rehearsals that nobody is at any more; with a name, that one, whoever it is of. */
export async function cleanUp(
  context: Context,
  named: string | undefined,
  flags: CleanUpFlags,
): Promise<void> {
  const place = { projectDir: context.projectDir, env: context.env };
  if (named !== undefined && !beganAt(named))
    throw new VisibleError(
      `not a rehearsal — ${named} — they are called like rehearsal-20261123-041500; other stacks: coop destroy`,
    );
  const all = await findRehearsals(place);
  const left = all.filter((each) => (named === undefined ? isLeft(each) : each.stack === named));
  if (named !== undefined && left.length === 0)
    throw new VisibleError(
      `no such rehearsal — ${named} — there are: ${all.map(({ stack }) => stack).join(', ') || 'none'}`,
    );
  if (left.some(({ state }) => state === 'running'))
    throw new VisibleError(
      `still running here — ${named} — stop it there with Ctrl-C, which takes it down; nothing was changed`,
    );
  const others = all.filter((each) => !left.includes(each));
  for (const other of others)
    if (!flags.quiet || other.state !== 'running')
      process.stderr.write(`left alone: ${describeRehearsal(other)}\n`);
  if (left.length > 0) process.stderr.write(`left behind: ${left.map(describeRehearsal).join(', ')}\n`);
  const agreed = left.length > 0 && (await agree(left, flags));
  const gone: string[] = [];
  if (agreed)
    await withTheirPassphrase(context, flags, async (env) => {
      for (const { stack } of left) {
        const own = { ...place, env, stack };
        await restoreFile(own);
        await takeDown(own, makeProgress(process.stderr, flags));
        gone.push(stack);
      }
    });
  if (flags.quiet) return;
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok: true, gone }, null, 2)}\n`);
  else process.stdout.write(gone.length > 0 ? `gone: ${gone.join(', ')}\n` : 'nothing was left behind\n');
}

/** Their state holds secrets, by the passphrase of their source; Pulumi Cloud asks for none. */
function withTheirPassphrase(
  { env, backend }: Context,
  flags: CleanUpFlags,
  work: (env: NodeJS.ProcessEnv) => Promise<void>,
): Promise<void> {
  return /^https?:/.test(backend ?? '') ? work(env) : withPassphrase(flags, env, work);
}

async function agree(left: Leftover[], { yes, json, quiet }: CleanUpFlags): Promise<boolean> {
  if (yes) return true;
  if (canAsk() && !json) return confirm(`Take ${left.length === 1 ? 'it' : 'them'} down?`);
  if (quiet) return false;
  throw new VisibleError('nobody can be asked — coop rehearse --cleanup — say --yes; nothing was changed');
}
