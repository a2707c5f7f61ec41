import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../components/host/render.ts';
import * as s3 from '../../../lab/services/s3-admin.ts';
import type { ApplyLab } from './apply-lab.ts';
import { red } from './apply-observe.ts';

const region = 'ams3';
const keys = { accessKey: 'SECONDREPOSITORY', secretKey: 'second-repository-secret' };
const repo2 = { endpoint: `${region}.digitaloceanspaces.com`, region, bucket: 'second-repository' };

interface Backup {
  type: string;
  database: { 'repo-key': number };
}

/** A second backup repository that comes to a machine in use, fails, and goes again; pgBackRest is the real one. */
export function describeSecondRepository(given: () => { lab: ApplyLab; facts: HostFacts }): void {
  const withSecond = (secretKey = keys.secretKey): HostFacts => {
    const { facts } = given();
    const secrets = { ...facts.config.secrets, repo2AccessKey: keys.accessKey, repo2SecretKey: secretKey };
    return { ...facts, config: { ...facts.config, repo2, secrets } };
  };
  const applied = async (facts: HostFacts) => {
    const ran = await given().lab.apply(facts);
    expect(ran.code, ran.output).toBe(0);
  };
  const backups = async (number: number) => {
    const line = 'docker exec instance-db-1 pgbackrest --stanza=instance --output=json info';
    const [info] = JSON.parse(await given().lab.must(line)) as { backup: Backup[] }[];
    return (info?.backup ?? [])
      .filter(({ database }) => database['repo-key'] === number)
      .map(({ type }) => type);
  };

  describe('a second backup repository', () => {
    it('begins with a stanza and a full backup of its own, and takes WAL and backups like the first', async () => {
      const bucket = { region, name: repo2.bucket };
      if (!(await s3.bucketExists(bucket))) await s3.createBucket(bucket);
      if (!(await s3.userExists(keys.accessKey))) await s3.createUser(keys);
      await s3.setGrants(bucket, [{ accessKey: keys.accessKey, permission: 'readwrite' }]);
      const first = await backups(1);
      await applied(withSecond());
      expect(await backups(2)).toEqual(['full']);
      expect(await backups(1)).toEqual(first);
      await given().lab.must('instance backup incr');
      expect(await backups(2)).toEqual(['full', 'incr']);
      expect(await backups(1)).toEqual([...first, 'incr']);
      expect(
        await given().lab.must('docker exec instance-db-1 pgbackrest --stanza=instance check 2>&1'),
      ).toMatch(/repo2\/.*successfully archived|WAL segment .* successfully archived to .* on repo2/);
      await given().lab.must('systemctl start backup-check');
      expect(await given().lab.must('cat /var/lib/social.coop/jobs/backup-check')).toMatch(
        /^\d+ backups, \d+ WAL segments; 2 backups, \d+ WAL segments\n[\s\S]*^backups\{repository="2"\} 2$/m,
      );
      expect(red(JSON.parse(await given().lab.must('instance status --json')))).toEqual([]);
    });

    it('is asked for nothing twice: the same tree again takes no backup', async () => {
      const before = await backups(2);
      await applied(withSecond());
      expect(await backups(2)).toEqual(before);
    });

    it('costs the first nothing when it takes no more, and says so', async () => {
      const [first, second] = [await backups(1), await backups(2)];
      await applied(withSecond('a-key-that-was-revoked'));
      const ran = await given().lab.ssh('instance backup incr 2>&1; journalctl -u backup-incr -n 30');
      expect(ran.output).toMatch(/no backup in repository 2/);
      expect(await backups(1)).toEqual([...first, 'incr']);
      const looked = await given().lab.ssh(
        'systemctl start backup-check; journalctl --sync; journalctl -u backup-check -n 30 -o cat',
      );
      expect(looked.output).toMatch(/repository 2 cannot be read: .*40[13]/);
      expect(looked.output).not.toContain('repository 1');
      const { problems } = JSON.parse(await given().lab.must('instance status --json'));
      expect(JSON.stringify(problems)).toContain('repository 2');
      await applied(withSecond());
      await given().lab.must('systemctl start backup-check');
      expect(await backups(2)).toEqual(second);
    });

    it('leaves nothing on the machine when the stack has none any more', async () => {
      await applied(given().facts);
      expect(await given().lab.must('systemctl list-unit-files --no-legend "repo2*" | wc -l')).toBe('0\n');
      expect(
        (await given().lab.must('cat /etc/social.coop/postgres/pgbackrest*.conf')).includes('repo2'),
      ).toBe(false);
      // Whatever failed while it was there has been said.
      await given().lab.ssh('systemctl reset-failed');
      await given().lab.must('instance backup incr');
    });
  });
}
