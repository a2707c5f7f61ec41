import { z } from 'zod';
import { VisibleError } from '../../../components/errors.ts';
import { postgresMajor } from '../../../components/host/postgres.ts';
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
    /** Release of PostgreSQL that it is of; a source that was applied long ago does not say. */
    postgres: z.string().nullish(),
    /** System identifier of the database cluster, as far as JSON's numbers reach. */
    system: z.number().nullish(),
  }),
);
export type Backup = z.infer<typeof backupsSchema>[number];

/** What the source's database says of itself. */
export interface Live {
  /** System identifier of its cluster. */
  system?: number | undefined;
  /** When it last archived anything. */
  archived?: Date | undefined;
}

export interface WindowOptions {
  /** Label of the backup to begin with, instead of the newest that fits. */
  backup?: string | undefined;
  live?: Live;
  now?: Date;
}

/**
 * The backup a restore would begin with: the newest that ended before the moment asked for. Refuses a moment that nothing
 * reaches, and names those that something does; and backups that are not of this source, or that no image here opens.
 */
export function backupFor(
  backups: readonly Backup[],
  source: string,
  at?: Date,
  { backup, live = {}, now = new Date() }: WindowOptions = {},
): { label: string; bytes?: number } {
  const sorted = [...backups].sort((a, b) => Date.parse(a.ended) - Date.parse(b.ended));
  const newest = sorted.at(-1);
  if (!newest)
    throw new VisibleError(
      `no backup yet — the repository of ${source} — take one: coop ssh ${source} -- instance backup full; nothing was made`,
    );
  refuseForeign(newest, source, live);
  // One of a cluster from before a major upgrade cannot follow the archive to today.
  const own = sorted.filter(({ system }) => system === newest.system);
  const oldest = own[0] ?? newest;
  const until = live.archived && +live.archived < +now ? live.archived : now;
  if (at && (+at > +until || +at < Date.parse(oldest.ended)))
    throw new VisibleError(
      `cannot go back to that moment — --at ${at.toISOString()} — ${source} can be restored to any moment from ${moment(oldest.ended)} to ${moment(until.toISOString())}${+at > +until && +at <= +now ? ', when it last archived' : ''}; nothing was made`,
    );
  const fits = own.filter(({ ended }) => !at || Date.parse(ended) <= +at);
  const last = backup === undefined ? fits.at(-1) : fits.find(({ label }) => label === backup);
  if (!last)
    throw new VisibleError(
      `no backup to begin with — --backup ${backup} — ${source} has${at ? ', ended by then' : ''}: ${fits.map(({ label }) => label).join(', ')}; nothing was made`,
    );
  if (last.error === true)
    throw new VisibleError(
      `the backup holds damaged pages — ${last.label} of ${source} — see: coop logs ${source} db; an older one: --backup LABEL; nothing was made`,
    );
  // An incremental one needs those it stands on.
  const chain = own.filter(({ label }) => label === last.label || last.label.startsWith(`${label}_`));
  const bytes = chain.reduce((sum, backup) => sum + (backup.bytes ?? 0), 0);
  return { label: last.label, ...(bytes > 0 ? { bytes } : {}) };
}

function refuseForeign({ label, postgres, system }: Backup, source: string, live: Live): void {
  if (typeof system === 'number' && live.system !== undefined && system !== live.system)
    throw new VisibleError(
      `the newest backup is of another database — ${label} is of the cluster ${system}, ${source} runs ${live.system} — is storage.backups another instance's bucket? After a major upgrade: coop ssh ${source} -- instance backup full; nothing was made`,
    );
  if (typeof postgres === 'string' && postgres !== postgresMajor)
    throw new VisibleError(
      `no image here opens that backup — ${label} of ${source} was made by PostgreSQL ${postgres}, this checkout brings ${postgresMajor} — use the checkout that ${source} was brought up with; nothing was made`,
    );
}
