import { describe, expect, it } from 'vitest';
import { jobsOf } from '../jobs.ts';
import { type FaultsBed, patient, repositoryOf } from './bed.ts';
import { restoredRows } from './restored.ts';
import { listen } from './told.ts';

const config = '/etc/social.coop/postgres/pgbackrest.conf';

/** What people and programs do to what lies in the bucket. */
export function describeRepository(get: () => FaultsBed): void {
  describe('the repository', patient, () => {
    const { start, problems, rclone, backups } = jobsOf(() => get().lab);
    const { archived, archivingFails, labels } = repositoryOf(get);

    it('is deleted by somebody who has the key: it is red, and comes back out of old versions', async () => {
      const { lab, load } = get();
      const told = await listen(lab);
      const before = await labels();
      await rclone(`delete --checkers 32 ${backups('pgbackrest')}`);
      expect(await rclone(`lsf --recursive --files-only ${backups('pgbackrest')}`)).toBe('');
      await archivingFails();
      const { output } = await start('backup-check', false);
      const message = await told.broken('backup-check has failed');
      expect(message).toMatch(/^said +since 20\d\d-.* UTC nothing is archived: \d+ WAL segments/m);
      expect(message).toMatch(/^worked +last at 20.* UTC$/m);
      // At S3 the time of a mark is that of the deletion, and "worked" is the time to take; at versitygw it is the object's.
      const undeleted = await lab.ssh("instance backup undelete '2020-01-01'", { seconds: 120 });
      expect(undeleted.output, output).toMatch(/^[1-9]\d+ objects came back/m);
      expect(undeleted.code).toBe(0);
      const { count } = load;
      await archived();
      await start('backup-check');
      expect(await labels()).toEqual(before);
      expect(load.lacking(await restoredRows(lab), count)).toEqual([]);
      await start('backup-incr');
      await told.well('backup-check');
    });

    it('lets go of what is older than it is kept for, with its WAL; the checks miss nothing, and the rest restores', async () => {
      const { lab, load } = get();
      await start('backup-full');
      const before = await labels();
      const kept = before.at(-1) as string;
      expect(before.length).toBeGreaterThan(1);
      // By number: none of them is days old.
      const soon = '-e PGBACKREST_REPO1_RETENTION_FULL_TYPE=count -e PGBACKREST_REPO1_RETENTION_FULL=1';
      const pgbackrest = (command: string) =>
        lab.must(`docker exec ${soon} instance-db-1 pgbackrest --stanza=instance ${command}`);
      await pgbackrest('--log-level-console=error expire');
      expect(await labels()).toEqual([kept]);
      const [{ archive, backup }] = JSON.parse(await pgbackrest('--output=json info'));
      expect(archive[0].min).toBe(backup[0].archive.start);
      const { count } = load;
      await archived();
      await start('backup-check');
      expect(load.lacking(await restoredRows(lab), count)).toEqual([]);
    });

    it('does not open with a wrong cipher: jobs fail, say so, and leave it as it was', async () => {
      const { lab } = get();
      const told = await listen(lab);
      const content = () => rclone(`lsf --recursive --files-only --format pst ${backups('pgbackrest')}`);
      await lab.must(`sed -i 's/^repo1-cipher-pass=.*/repo1-cipher-pass=of-another-instance/' ${config}`);
      await archivingFails();
      const before = await content();
      const { output } = await start('backup-incr', false);
      expect(output).toMatch(/repository 1 does not open with this machine's cipher/);
      expect((await start('backup-check', false)).output).toMatch(
        /repository 1 cannot be read: .*does not open with this machine's cipher.*sudo instance drift/,
      );
      expect(await content()).toBe(before);
      expect(await told.broken('backup-incr has failed')).toMatch(/^said +no backup in repository 1/m);
      expect(await problems()).toMatch(/backup-check: .*cipher/);
      await lab.must(`instance drift revert ${config}`, { seconds: 120 });
      await archived();
      for (const job of ['backup-incr', 'backup-check']) await start(job);
      await told.well('backup-incr');
    });
  });
}
