import { VisibleError } from '../../../../components/errors.ts';
import type { Kit } from '../../../../components/recovery/kit.ts';
import { canAsk, confirm } from '../../prompt.ts';
import { type Knock, whoAnswers } from './answers.ts';
import type { Found } from './find.ts';
import { showLeft } from './show.ts';

export interface Agreement {
  yes?: boolean;
  json?: boolean;
  /** A run before has asked: only what it did not see is asked about. */
  goesOn: boolean;
}

/** Shows what was found, and asks: two servers that serve send everything twice, and two that archive spoil the backups. */
export async function agree(
  kit: Kit,
  found: Found,
  { yes, json, goesOn }: Agreement,
  knock?: Knock,
): Promise<void> {
  const { machines, steps } = found;
  if (goesOn && steps.length === 0) return;
  process.stderr.write(`${showLeft(found).join('\n')}\n`);
  // Nothing here can fence it: whoever is at that address decides it.
  const answers = machines.length === 0 && !goesOn ? await whoAnswers(kit.addresses ?? [], knock) : [];
  if (answers.length > 0)
    process.stderr.write(
      `somebody answers where the old server was: ${answers.join(', ')}. Is it the old server, or another machine by now?\n`,
    );
  if (yes && answers.length === 0) return;
  if (yes || json || !canAsk())
    throw new VisibleError(
      answers.length > 0
        ? `the old server may still be on: ${answers.join(', ')} — ${kit.stack} — switch it off, or set the token of its account so that it is fenced, or answer the question without --yes; nothing was written`
        : `nobody can be asked — ${kit.stack} — ${steps.length > 0 ? 'say --yes to what stands above' : 'switch the old server off, then say --yes'}; nothing was written`,
    );
  const question =
    machines.length > 0
      ? 'Do that, and make a new server?'
      : 'Is the old server off, and shall a new one be made?';
  if (!(await confirm(question)))
    throw new VisibleError('not agreed — at the prompt — nothing was written; --kit-only makes no server');
}
