import { VisibleError } from '../../../components/errors.ts';
import { idsIn, readState, stands } from '../../doctor/state.ts';
import { passphraseIn } from '../passphrase.ts';
import type { Progress } from '../progress.ts';
import type { StackPlace } from '../stack-config.ts';
import { stackFile } from '../stack-file.ts';
import type { Ask, ReadableBucket } from './bucket.ts';
import type { RecoverFlags } from './flags.ts';
import { agree } from './old/agree.ts';
import { findLeft } from './old/find.ts';
import { putAway } from './old/put-away.ts';
import { showPutAway } from './old/show.ts';
import { prove, showProof } from './prove.ts';
import { beginWith, begun, bringBack, findKit, refuseWhatIsThere, writeStack } from './recover.ts';
import { primaryOf, showDone, showKit, showProblems, summaryOf } from './show.ts';
import { refuseWithoutBackups } from './window.ts';

/** The whole of `coop recover`: finds, checks, asks, writes, fences, and only then makes something. */
export async function bring(
  place: StackPlace,
  from: ReadableBucket,
  ask: Ask,
  flags: RecoverFlags,
  progress: Progress,
): Promise<void> {
  const found = await progress.step('recovery kit', () => findKit(from, passphraseIn(place.env), ask));
  const { kit } = found;
  process.stderr.write(`${showKit(found).join('\n')}\n`);
  const state = await readState(place);
  const before = begun(place);
  if (before) goOn(place, before.to, flags);
  else refuseWhatIsThere(place, from, kit, state);
  const at = before ? before.to : flags.at;
  if (!flags.kitOnly && !stands(state))
    await progress.step('backups', () =>
      refuseWithoutBackups(
        from,
        kit,
        { ...flags, backup: flags.backup ?? before?.backup, at: at === 'latest' ? undefined : at },
        ask,
      ),
    );
  const left = flags.kitOnly
    ? undefined
    : await progress.step('old server', () => findLeft(kit, place.env, idsIn(state)));
  if (left) await agree(kit, left, { ...flags, goesOn: before !== undefined });
  if (before && flags.backup) beginWith(place, flags.backup);
  if (!before) {
    const recover = { to: flags.at ?? 'latest', ...(flags.backup ? { backup: flags.backup } : {}) };
    const changes = { ...primaryOf(kit, flags), ...(flags.kitOnly ? {} : { recover }) };
    const where = `s3://${from.bucket}/recovery/kit.age`;
    const { problems } = await writeStack(place, found, where, changes, progress);
    if (problems.length > 0) {
      process.exitCode = 1;
      return say({ ...summaryOf(place, found), ok: false, problems }, showProblems(place, problems), flags);
    }
  }
  const old = left && (await putAway(left, kit, progress, { ask }));
  if (old) process.stderr.write(`${showPutAway(old).join('\n')}\n`);
  if (!flags.kitOnly) await bringBack(place, progress);
  const proof = flags.kitOnly ? undefined : await prove(place, progress);
  const ok = !proof?.checks.some(({ status }) => status === 'failed');
  if (!ok) process.exitCode = 1;
  const text = [...(proof ? showProof(proof) : []), showDone(place, flags)].join('\n');
  say({ ...summaryOf(place, found), ok, problems: [], old, ...proof }, text, flags);
}

const say = (result: object, text: string, { json }: RecoverFlags) =>
  void process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : text);

/** A run before has written the stack file. */
function goOn({ projectDir, stack }: StackPlace, to: string, { at, kitOnly }: RecoverFlags): void {
  const file = stackFile(projectDir, stack);
  if (kitOnly || (at !== undefined && at !== to))
    throw new VisibleError(
      `a recovery to ${to} was begun and not ended — ${file} — run it again ${to === 'latest' ? 'without --at' : `with --at ${to}`}, and without --kit-only`,
    );
  process.stderr.write(`goes on where the last run stopped: ${file} is written\n`);
}
