import { describe, expect, it } from 'vitest';
import * as machines from '../../../../lab/machines/index.ts';
import { setS3Fault } from '../../../../lab/services/s3-faults.ts';
import { jobsOf } from '../jobs.ts';
import { type FaultsBed, patient, repositoryOf } from './bed.ts';
import { restoredRows } from './restored.ts';
import { listen } from './told.ts';

const kill = (which: string) =>
  `pgrep --exact pgbackrest --list-full | awk '${which} { print $1 }' | xargs --no-run-if-empty kill -9`;

/** What dies in the middle of its work. */
export function describeKilled(get: () => FaultsBed): void {
  describe('killed under write load', patient, () => {
    const { start, said, psql, problems } = jobsOf(() => get().lab);
    const { halfBackup, labels, archived } = repositoryOf(get);

    it('Postgres comes back by itself, with every row it acknowledged, and goes on archiving', async () => {
      const { lab, load } = get();
      await load.goesOn();
      const started = () =>
        lab.ssh("docker exec instance-db-1 psql -U postgres -AtXc 'SELECT pg_postmaster_start_time()'");
      const before = await started();
      await lab.must(`docker exec instance-db-1 bash -c 'kill -9 $(head -n 1 $PGDATA/postmaster.pid)'`);
      await expect
        .poll(
          async () => {
            const { code, stdout } = await started();
            return code === 0 && stdout !== before.stdout;
          },
          { timeout: 60_000, interval: 250 },
        )
        .toBe(true);
      await load.goesOn();
      expect(await load.lost()).toEqual([]);
      // It forgot what it had archived, and whoever asks now must not take that for a loss.
      await start('backup-check');
      await archived();
    });

    it('pgBackRest in a full backup: half a backup is none, its job is red, and the next one is whole', async () => {
      const { lab, load } = get();
      const told = await listen(lab);
      const before = await labels();
      setS3Fault({ delayMs: 400 });
      await halfBackup();
      await lab.must(kill('/ backup$/'));
      expect(await told.broken('backup-full has failed')).toMatch(/^said +no backup in repository 1/m);
      setS3Fault();
      expect(await problems()).toMatch(/backup-full: its last run ended with exit-code/);
      // Its lock is still there.
      expect(await lab.must('docker exec instance-db-1 ls /tmp/pgbackrest')).toMatch(/backup.*\.lock/);
      expect(await labels()).toEqual(before);
      await start('backup-check');
      // The hourly one comes first, and takes the place of the one that was cut off.
      await start('backup-incr');
      expect(await labels()).toEqual([...before, expect.stringMatching(/^\d{8}-\d{6}F$/)]);
      expect(await said('backup-full')).toMatch(/^\d{8}-\d{6}F, /);
      await told.well('backup-full');
      expect(await load.lost()).toEqual([]);
    });

    it('pgBackRest while it archives: the segment is taken again', async () => {
      setS3Fault({ delayMs: 1000 });
      await psql('SELECT pg_switch_wal()');
      const pushing = () => get().lab.ssh('pgrep --exact pgbackrest --list-full | grep archive-push:async');
      await expect.poll(async () => (await pushing()).code, { timeout: 60_000, interval: 100 }).toBe(0);
      await get().lab.must(kill('/archive-push/'));
      setS3Fault();
      await archived();
      await start('backup-check');
    });

    it('the machine’s power is cut in the middle of a backup: all is well after the boot, and a copy lacks nothing', async () => {
      const { lab, load } = get();
      const before = await labels();
      setS3Fault({ delayMs: 400 });
      await halfBackup();
      await machines.stopMachine('apply-test', { hard: true });
      setS3Fault();
      await machines.startMachine('apply-test');
      await load.goesOn(120_000);
      expect(await load.lost()).toEqual([]);
      await expect.poll(problems, { timeout: 120_000, interval: 1000 }).toBe('[]');
      expect(await labels()).toEqual(before);
      await start('backup-incr');
      const { count } = load;
      await archived();
      await start('backup-check');
      expect(load.lacking(await restoredRows(lab), count)).toEqual([]);
    });
  });
}
