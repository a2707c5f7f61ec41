import { expect } from 'vitest';
import type { HostFacts } from '../../../../components/host/render.ts';
import type { ApplyLab } from '../apply-lab.ts';
import { jobsOf } from '../jobs.ts';
import type { WriteLoad } from './write-load.ts';

/** A machine in use: somebody writes while something breaks. */
export interface FaultsBed {
  lab: ApplyLab;
  facts: HostFacts;
  load: WriteLoad;
}

/** Each story is some seconds on a quiet machine; its own waits end sooner than this. */
export const patient = { timeout: 600_000 };

/** What the stories do with the database and its repository. */
export function repositoryOf(get: () => FaultsBed) {
  const { psql, rclone, backups } = jobsOf(() => get().lab);
  const waiting = async () =>
    Number(await psql("SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"));
  const labels = async () =>
    (
      JSON.parse(
        await get().lab.must('docker exec instance-db-1 pgbackrest --stanza=instance --output=json info'),
      ) as { backup: { label: string }[] }[]
    ).flatMap(({ backup }) => backup.map(({ label }) => label));
  return {
    waiting,
    labels,
    /** Starts a full backup, and waits until a part of it lies in the repository. */
    async halfBackup(): Promise<void> {
      const known = await labels();
      await get().lab.must('systemctl start --no-block backup-full.service');
      const begun = async () =>
        (await rclone(`lsf --recursive --files-only ${backups('pgbackrest/backup/instance')}`))
          .split('\n')
          .map((path) => path.split('/')[0] as string)
          .filter((label) => /^\d{8}-\d{6}F$/.test(label) && !known.includes(label));
      await expect.poll(begun, { timeout: 60_000, interval: 100 }).not.toEqual([]);
    },
    /** Everything that was written until now has left the machine. */
    async archived(): Promise<void> {
      const segment = (await psql('SELECT pg_walfile_name(pg_switch_wal())')).trim();
      await expect
        .poll(async () => (await psql('SELECT last_archived_wal FROM pg_stat_archiver')).trim() >= segment, {
          timeout: 150_000,
          interval: 250,
        })
        .toBe(true);
    },
    /** The archiver has tried, and could not. */
    archivingFails: () =>
      expect
        .poll(
          async () => {
            await psql("SELECT pg_logical_emit_message(true, 'fault', ''); SELECT pg_switch_wal()");
            return psql(
              'SELECT coalesce(last_failed_time > last_archived_time, failed_count > 0) FROM pg_stat_archiver',
            );
          },
          { timeout: 150_000, interval: 1000 },
        )
        .toBe('t\n'),
  };
}
