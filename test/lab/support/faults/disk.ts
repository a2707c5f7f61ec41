import { describe, expect, it } from 'vitest';
import { fillDisk } from '../../../../lab/machines/index.ts';
import { jobsOf } from '../jobs.ts';
import { type FaultsBed, patient, repositoryOf } from './bed.ts';
import { listen } from './told.ts';

/** All but 8 % of the disk, at once. */
const nearly =
  'set -- $(df --output=size,avail --block-size=1 /var | tail -n 1); fallocate --length $(($2 - $1 * 8 / 100)) /var/lab-nearly';

/** The disk that holds database and WAL has no room left. */
export function describeDisk(get: () => FaultsBed): void {
  describe('a full disk', patient, () => {
    const { problems, start } = jobsOf(() => get().lab);
    const { archived } = repositoryOf(get);

    it('is told of before it is full, and when it is; with room again the database has every row', async () => {
      const { lab, load } = get();
      const told = await listen(lab);
      await lab.must(nearly);
      // One that its timer has just started may have looked before.
      await expect
        .poll(async () => (await lab.ssh('systemctl start watch.service')).code, { timeout: 60_000 })
        .not.toBe(0);
      expect(await told.broken('\\d things? (is|are) broken')).toMatch(
        /^broken +disk: \/var is 9\d % full$/m,
      );

      await fillDisk('apply-test');
      // WAL that was used before is used again, after a long outage a hundred files; then the database needs room, and stops.
      const stopped = await lab.ssh(
        `for _ in $(seq 300); do docker exec instance-db-1 psql -U postgres -qAtXc "SELECT pg_logical_emit_message(true, 'fault', repeat('x', 1000000))" -c 'SELECT pg_switch_wal()' || exit 7; done`,
        { seconds: 120 },
      );
      expect(stopped.code, stopped.output).toBe(7);
      expect(await problems()).toMatch(/"disk","text":"\/var is 100 % full"/);
      // There is no room to note it either, and people hear of it all the same.
      await start('backup-check', false);
      await told.broken('backup-check has failed');

      await lab.must('rm /var/lab-nearly /var/lab-fill && instance disk free', { seconds: 120 });
      const { code, output } = await lab.ssh('instance apply', { seconds: 200 });
      expect(code, output).toBe(0);
      await load.goesOn();
      expect(await load.lost()).toEqual([]);
      await archived();
      await start('backup-check');
      await told.well('watch');
      expect(await problems()).toBe('[]');
    });
  });
}
