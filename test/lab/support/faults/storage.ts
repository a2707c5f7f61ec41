import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as s3 from '../../../../lab/services/s3-admin.ts';
import { setS3Fault } from '../../../../lab/services/s3-faults.ts';
import { withKit } from '../../../fixtures/facts.ts';
import { jobsOf } from '../jobs.ts';
import { type FaultsBed, patient, repositoryOf } from './bed.ts';
import { listen } from './told.ts';

const region = 'fra1';
/** The long version: FAULTS_OUTAGE_SECONDS=600. */
const outageSeconds = Number(process.env.FAULTS_OUTAGE_SECONDS ?? 20);

/** What the bucket does to a machine that writes. */
export function describeStorage(get: () => FaultsBed): void {
  describe('the bucket', { timeout: patient.timeout + outageSeconds * 1000 }, () => {
    const { start, said, problems } = jobsOf(() => get().lab);
    const { waiting, archived } = repositoryOf(get);

    it(`is away for ${outageSeconds} s, and comes back slow and with errors: WAL waits on the disk, and none is dropped`, async () => {
      const { lab, load } = get();
      const told = await listen(lab);
      const since = Date.now();
      setS3Fault({ off: true });
      await expect.poll(waiting, { timeout: 60_000, interval: 500 }).toBeGreaterThan(1);
      const { output } = await start('backup-check', false);
      expect(output).toMatch(/repository 1 does not answer: .*nothing is lost while this machine lives/);
      expect(output).toMatch(/since 20\d\d-.* UTC nothing is archived: [2-9]\d* WAL segments of 16 MiB wait/);
      const message = await told.broken('backup-check has failed');
      expect(message).toMatch(/^said +repository 1 does not answer/m);
      expect(message).toMatch(/^said +since .* nothing is archived/m);
      expect(await problems()).toMatch(
        /backup-check: its last run ended with exit-code: repository 1 does not/,
      );
      await expect
        .poll(() => Date.now() - since, { timeout: outageSeconds * 1000 + 1000, interval: 250 })
        .toBeGreaterThan(outageSeconds * 1000);
      await load.goesOn();
      setS3Fault({ delayMs: 100, status: 500, oneIn: 4 });
      await archived();
      await start('backup-incr');
      setS3Fault();
      await start('backup-check');
      // Back to the setting, 10 s, and what an upload takes.
      const [, age] = /^wal_age_seconds\{.*\} (\d+)$/m.exec(await said('backup-check')) ?? [];
      expect(Number(age)).toBeLessThan(10 + 50);
      expect(await load.lost()).toEqual([]);
      await told.well('backup-check');
    });

    it('refuses a key that was revoked: it is said what to run, and a new key ends it', async () => {
      const bed = get();
      const told = await listen(bed.lab);
      const { bucket: name, accessKey } = bed.facts.backups;
      await s3.deleteUser(accessKey);
      const { output } = await start('backup-check', false);
      expect(output).toMatch(/repository 1 cannot be read: .*403.*coop rotate backupsKey staging/);
      expect(await told.broken('backup-check has failed')).toContain('coop rotate backupsKey staging');
      // What that does: a new key of the cloud, and an apply with it.
      const key = {
        accessKey: `DO00${randomBytes(8).toString('hex')}`,
        secretKey: randomBytes(24).toString('hex'),
      };
      await s3.createUser(key);
      await s3.setGrants({ region, name }, [{ accessKey: key.accessKey, permission: 'readwrite' }]);
      bed.facts = withKit({ ...bed.facts, backups: { ...bed.facts.backups, ...key } });
      const ran = await bed.lab.apply(bed.facts);
      expect(ran.code, ran.output).toBe(0);
      await archived();
      await start('backup-check');
      await told.well('backup-check');
      expect(await bed.load.lost()).toEqual([]);
    });

    it('has another time than the machine: it is said which way and how far, before and after it refuses', async () => {
      const told = await listen(get().lab);
      setS3Fault({ clockSeconds: -120 });
      const early = await start('backup-check', false);
      expect(early.output).toMatch(
        /this machine's clock is 2 min ahead of that of fra1\.\S+: sudo timedatectl/,
      );
      expect(early.output).not.toContain('cannot be read');
      setS3Fault({ clockSeconds: 16 * 60 });
      const late = await start('backup-check', false);
      expect(late.output).toMatch(/this machine's clock is 16 min behind that of fra1\./);
      expect(late.output).toMatch(/repository 1 cannot be read: .*the time is what it refuses/);
      expect(await problems()).toMatch(/exit-code: this machine's clock is 16 min behind/);
      expect(await told.broken('backup-check has failed')).toContain("this machine's clock is 2 min ahead");
      setS3Fault();
      await archived();
      await start('backup-check');
      await told.well('backup-check');
    });
  });
}
