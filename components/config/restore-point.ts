import { text } from './fields.ts';

/** A moment in UTC, to the microsecond at most. */
export const isTime = (value: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(value) && !Number.isNaN(Date.parse(value));

/** As pgBackRest names them: full, or full and what stands on it. */
export const isBackupLabel = (value: string) => /^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/.test(value);

export const backup = text(
  isBackupLabel,
  'is not the label of a backup',
  "write it as `instance backup list` shows it, like '20261123-010002F'",
)
  .optional()
  .meta({
    description:
      'label of the backup to begin with, for when a newer one is damaged; WAL since then is replayed, so nothing is lost (default: the newest that fits)',
  });
