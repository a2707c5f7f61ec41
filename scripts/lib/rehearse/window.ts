import { z } from 'zod';
import { VisibleError } from '../../../components/errors.ts';
import { moment } from '../report/words.ts';

/** What `instance backup list --json` prints. */
export const backupsSchema = z.array(
  z.looseObject({
    label: z.string(),
    type: z.string(),
    began: z.string(),
    ended: z.string(),
    bytes: z.number().nullish(),
    error: z.unknown().optional(),
  }),
);
export type Backup = z.infer<typeof backupsSchema>[number];

/**
 * The backup a restore would begin with: the newest that ended before the moment asked for. Refuses a moment that no backup
 * reaches, and names those that one does.
 */
export function backupFor(
  backups: readonly Backup[],
  source: string,
  at?: Date,
  now = new Date(),
): { label: string; bytes?: number } {
  const sorted = [...backups].sort((a, b) => Date.parse(a.ended) - Date.parse(b.ended));
  const oldest = sorted[0];
  if (!oldest)
    throw new VisibleError(
      `no backup yet — the repository of ${source} — take one: coop ssh ${source} -- instance backup full; nothing was made`,
    );
  const window = `${moment(oldest.ended)} to ${moment(now.toISOString())}`;
  if (at && (+at > +now || +at < Date.parse(oldest.ended)))
    throw new VisibleError(
      `cannot go back to that moment — --at ${at.toISOString()} — ${source} can be restored to any moment from ${window}; nothing was made`,
    );
  const last = sorted.findLast(({ ended }) => !at || Date.parse(ended) <= +at) ?? oldest;
  if (last.error === true)
    throw new VisibleError(
      `the backup holds damaged pages — ${last.label} of ${source} — see: coop logs ${source} db; nothing was made`,
    );
  // An incremental one needs those it stands on.
  const chain = sorted.filter(({ label }) => label === last.label || last.label.startsWith(`${label}_`));
  const bytes = chain.reduce((sum, backup) => sum + (backup.bytes ?? 0), 0);
  return { label: last.label, ...(bytes > 0 ? { bytes } : {}) };
}
