import { isTime } from '../../../components/config/restore-point.ts';
import { VisibleError } from '../../../components/errors.ts';
import { postgresMajor } from '../../../components/host/postgres.ts';
import type { Kit } from '../../../components/recovery/kit.ts';
import { diskNeeded } from '../rehearse/machine.ts';
import { type OfferName, offers } from '../rehearse/offers.ts';
import { prefix } from '../stack-file.ts';
import type { Ask, ReadableBucket } from './bucket.ts';
import { type Repository, type RepositoryBackup, readRepository } from './repository.ts';
import { primaryOf } from './show.ts';

/** Seconds from the last change in a segment of WAL to its arrival: the very last of them holds nothing to stop at. */
const UNDER_WAY = 5;

/** What was asked for on the command line. */
interface Wanted {
  at?: string | undefined;
  /** Label of the backup to begin with, instead of the newest that fits. */
  backup?: string | undefined;
  provider?: string | undefined;
  region?: string | undefined;
  size?: string | undefined;
}

/** Refuses what could not be brought back, before anything is written or made: reads the repository beside the kit. */
export async function refuseWithoutBackups(
  from: ReadableBucket,
  kit: Kit,
  { at, backup, ...wishes }: Wanted,
  ask: Ask,
): Promise<void> {
  const { repositoryCipher } = JSON.parse(kit.config[`${prefix}secrets`] ?? '{}') as Record<string, string>;
  const moment = at !== undefined && isTime(at) ? new Date(at) : undefined;
  const repository = await readRepository(from, repositoryCipher ?? '', ask, {
    at: moment,
    backup,
  });
  refuseRepository(repository, kit, `s3://${from.bucket}/pgbackrest`, { at, backup });
  if (repository.problem === undefined) refuseSmallDisk(repository.backups, kit, wishes);
}

/** Of a machine that is there already nothing is known here. */
function refuseSmallDisk(backups: readonly RepositoryBackup[], kit: Kit, wishes: Wanted): void {
  const { primary = JSON.parse(kit.config[`${prefix}primary`] ?? '{}') } = primaryOf(kit, wishes);
  const { provider, size } = primary as { provider: OfferName; size?: string };
  const disk = offers[provider]?.sizes[size ?? '']?.diskGb;
  const needed = diskNeeded(backups.at(-1)?.bytes ?? 0);
  if (disk !== undefined && disk < needed)
    throw new VisibleError(
      `the disk is too small — ${size} at ${provider}: ${disk} GB, the restore wants ${needed} GB — say a larger --size; nothing was written`,
    );
}

function refuseRepository(
  repository: Repository,
  { stack }: Kit,
  where: string,
  { at, backup }: Pick<Wanted, 'at' | 'backup'>,
): void {
  const refuse = (problem: string, remedy: string) =>
    new VisibleError(`${problem} — ${where} — ${remedy}; nothing was written`);
  if (at !== undefined && !isTime(at))
    throw new VisibleError(
      `not a time in UTC — --at ${at} — write one like 2026-11-23T04:15:00Z; nothing was written`,
    );
  if (repository.problem === 'absent')
    throw refuse(
      repository.stanzas.length > 0
        ? `the repository is not of an instance of ours: it holds backups of ${repository.stanzas.join(', ')}`
        : 'no backup in the repository',
      'is it the right bucket? Objects that were deleted are in its old versions',
    );
  if (repository.problem === 'closed')
    throw refuse(
      `the kit of ${stack} does not open the backups: they are of another instance, or damaged`,
      'kit and backups must be of the same server: an older version of recovery/kit.age, or of pgbackrest/backup/instance/backup.info, may fit',
    );
  if (repository.problem === 'major')
    throw refuse(
      `the backups are of PostgreSQL ${repository.major}, and the image here has ${postgresMajor}`,
      'use the checkout that the stack was brought up with; upgrade afterwards',
    );
  const { backups, archive } = repository;
  const labels = backups.map(({ label }) => label);
  const oldest = backup === undefined ? backups[0] : backups.find(({ label }) => label === backup);
  if (labels.length === 0) throw refuse('no backup in the repository', 'is it the right bucket?');
  if (!oldest)
    throw refuse(`no backup of that name: --backup ${backup}`, `those there are: ${labels.join(', ')}`);
  // A backup is chosen that ended before the second asked for.
  const begin = new Date(+oldest.ended + 1000);
  const { reaches, gap } = archive;
  const end = reaches ? new Date(Math.floor(+reaches / 1000 - UNDER_WAY) * 1000) : begin;
  if (at === undefined && gap)
    throw refuse(
      `WAL is missing: ${gap.missing} segment(s) after ${gap.after}, and what was written later cannot be brought back without`,
      `look for it in the bucket's old versions, and take the marks of its deletion away; or go back to before it: --at ${second(end)}`,
    );
  if (at === undefined || (Date.parse(at) >= +begin && Date.parse(at) <= +end)) return;
  throw new VisibleError(
    `cannot go back to that moment — --at ${at} — ${stack} can be brought back to any moment from ${second(begin)} to ${second(end)}, ${gap ? `where ${gap.missing} segment(s) of WAL are missing` : 'and without --at to the last that was archived'}; nothing was written`,
  );
}

const second = (time: Date) => time.toISOString().replace(/\.\d+Z$/, 'Z');
