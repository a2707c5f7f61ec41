import { describe, expect, it } from 'vitest';
import * as s3 from '../../../lab/services/s3-admin.ts';
import type { ApplyLab } from './apply-lab.ts';
import { jobsOf } from './jobs.ts';

const region = 'fra1';

/** Each is made, seen by the job or the screen that is there for it, and mended; nothing stays red. */
export function describeBackupFaults(get: () => ApplyLab): void {
  describe('what is wrong with them is red', () => {
    const { start, said, rclone, backups, psql, problems } = jobsOf(get);
    const repository = (rest: string) => backups(`pgbackrest/${rest}`);
    const pgbackrest = (line: string) =>
      get().must(`docker exec instance-db-1 pgbackrest --stanza=instance --log-level-console=error ${line}`);
    const names = async (folder: string, options = '') =>
      (await rclone(`lsf ${options} ${repository(folder)}`)).trim().split('\n');

    it('a check of sound backups is green, with figures for a node_exporter', async () => {
      await start('backup-incr');
      await psql('SELECT pg_switch_wal()');
      await pgbackrest('check');
      await start('backup-check');
      await start('metrics');
      expect(await said('backup-check')).toMatch(/^\d+ backups, \d+ WAL segments\n/);
      const file = await get().must('cat /var/lib/node_exporter/textfile/social-coop.prom');
      for (const line of file.trim().split('\n'))
        expect(line).toMatch(/^(?:# (?:HELP|TYPE) )?social_coop_[a-z_]+(?:\{[^{}]*\})? \S/);
      expect(file).toMatch(/^social_coop_job_ok\{job="backup-check"\} 1$/m);
      expect(file).toMatch(/^social_coop_job_bytes\{job="backup-check",repository="1"\} [1-9]\d+$/m);
      expect(file).toMatch(/^social_coop_job_stored_bytes\{job="backup-full",repository="1"\} [1-9]\d+$/m);
      expect(file).toMatch(/^social_coop_heartbeat_age_seconds [0-9.]+$/m);
      expect(await get().must('ls /var/lib/node_exporter/textfile')).toBe('social-coop.prom\n');
    });

    it('a backup, a file of one, and a WAL segment that are gone from the repository', async () => {
      const labels = (await names('backup/instance', '--dirs-only'))
        .filter((name) => /^\d{8}-/.test(name))
        .map((name) => name.replace('/', ''));
      const [whole = '', gone = ''] = [labels.find((name) => name.endsWith('F')), labels.at(-1)];
      const bundle = (await names(`backup/instance/${whole}`, '--recursive --files-only')).find((name) =>
        /^(?:bundle|pg_data)\//.test(name),
      );
      const segments = (await names('archive/instance', '--recursive --files-only')).filter((name) =>
        /\/[0-9A-F]{24}-/.test(name),
      );
      const segment = segments.at(-2);
      const moved = [
        `backup/instance/${gone}`,
        `backup/instance/${whole}/${bundle}`,
        `archive/instance/${segment}`,
      ];
      for (const path of moved) await rclone(`moveto ${repository(path)} ${backups(`aside/${path}`)}`);
      const { output } = await start('backup-check', false);
      for (const path of moved.toReversed())
        await rclone(`moveto ${backups(`aside/${path}`)} ${repository(path)}`);
      expect(output).toContain(`repository 1: gone from the repository: ${gone}`);
      expect(output).toMatch(new RegExp(`repository 1: ${whole} is not whole: \\d+ of \\d+ bytes`));
      expect(output).toMatch(/repository 1: WAL is missing: 1 after segment \d+/);
      expect(await problems()).toMatch(/backup-check: its last run ended with exit-code/);
      await start('backup-check');
    });

    it('a damaged file of the repository', async () => {
      const [label] = (await names('backup/instance', '--dirs-only')).filter((name) => /F\/$/.test(name));
      const [bundle] = (await names(`backup/instance/${label}`, '--recursive --files-only')).filter((name) =>
        /^(?:bundle|pg_data)\//.test(name),
      );
      const at = `backup/instance/${label}${bundle}`;
      await rclone(`copyto ${repository(at)} ${backups('aside/file')}`);
      // One byte in the middle, and the same size.
      await get().must(
        `cd /dev/shm && rclone --config /etc/social.coop/rclone.conf copyto ${repository(at)} file && printf X | dd of=file bs=1 seek=$(($(stat -c %s file) / 2)) conv=notrunc status=none && rclone --config /etc/social.coop/rclone.conf copyto --ignore-times file ${repository(at)} && rm file`,
      );
      const { output } = await start('backup-verify', false);
      await rclone(`moveto ${backups('aside/file')} ${repository(at)}`);
      expect(output).toMatch(/not all that was stored is what it was, in repository 1/);
      expect(await problems()).toMatch(/backup-verify: its last run ended with exit-code/);
      await start('backup-verify');
      expect(await said('backup-verify')).toMatch(/^[1-9]\d* files and [1-9]\d* WAL segments read\n/);
    });

    it('a bucket that refuses the key', async () => {
      const { bucket: name, accessKey } = get().facts.backups;
      await s3.setGrants({ region, name }, []);
      try {
        expect((await start('backup-check', false)).output).toMatch(/repository 1 cannot be read: .*40[13]/);
        for (const job of ['backup-incr', 'manifest']) await start(job, false);
      } finally {
        await s3.setGrants({ region, name }, [{ accessKey, permission: 'readwrite' }]);
      }
      expect(await problems()).toMatch(/backup-incr: its last run.*manifest: its last run/);
      for (const job of ['backup-incr', 'manifest', 'backup-check']) await start(job);
    });

    it('a job that said it worked and produced nothing, one that is too old, and a timer that is off', async () => {
      const before = await said('backup-incr');
      // A tool that ends well without having done anything.
      const ran = await get().ssh(
        `mkdir -p /root/bin && printf '#!/bin/sh\\ncase "$*" in *" backup") exit 0 ;; esac\\nexec /usr/bin/docker "$@"\\n' > /root/bin/docker && chmod +x /root/bin/docker && sleep 1 && PATH=/root/bin:$PATH /opt/social.coop/libexec/backup incr; code=$?; rm -r /root/bin; exit $code`,
      );
      expect(ran.code, ran.output).toBe(1);
      expect(ran.output).toMatch(/no backup in repository 1/);
      expect(await said('backup-incr')).toBe(before);

      await get().must(
        "touch -d '4 hours ago' /var/lib/social.coop/jobs/backup-incr && systemctl disable --now --quiet backup-full.timer && systemctl stop heartbeat",
      );
      await psql("DELETE FROM heartbeat WHERE at > now() - interval '70 s'", 'coop');
      await psql("INSERT INTO heartbeat VALUES (now() - interval '69 s')", 'coop');
      const found = await problems();
      await get().must('systemctl enable --now --quiet backup-full.timer && systemctl start heartbeat');
      expect(found).toMatch(/backup-incr last worked/);
      expect(found).toMatch(/backup-full will not run: its timer is not enabled/);
      expect(found).toMatch(/the last heartbeat is \d\d s old/);
      await start('backup-incr');
      await expect.poll(problems, { timeout: 15_000, interval: 1000 }).toBe('[]');
    });
  });
}
