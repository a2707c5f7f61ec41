import { describe, expect, it } from 'vitest';
import type { ApplyLab } from './apply-lab.ts';

const old = "now() - interval '100 days'";
/** Two of each: one that may go, one that must stay. */
const seed = `
INSERT INTO accounts (id, username, domain, avatar_file_name, created_at, updated_at) VALUES
  (1, 'far', 'remote.example', 'old.png', ${old}, ${old}), (2, 'near', 'remote.example', 'new.png', now(), now()), (3, 'ours', NULL, 'ours.png', ${old}, ${old});
INSERT INTO media_attachments (id, account_id, file_file_name, file_file_size, remote_url, created_at) VALUES
  (100000000000000001, 1, 'far.png', 9, 'https://remote.example/far.png', ${old}),
  (100000000000000002, 2, 'near.png', 9, 'https://remote.example/near.png', now()),
  (100000000000000003, 3, 'ours.png', 9, '', ${old});
INSERT INTO preview_cards (url, updated_at) VALUES ('https://remote.example/old', ${old}), ('https://remote.example/new', now());
INSERT INTO statuses (id, uri, account_id, local, created_at) VALUES
  (1, 'https://remote.example/1', 1, false, ${old}), (2, 'https://remote.example/2', 2, false, now()), (3, NULL, 3, true, ${old});
`;

/** What the timers remove of other servers' things, and what they leave. */
export function describeHousekeeping(get: () => ApplyLab): void {
  describe('housekeeping', () => {
    const jobs = ['media', 'profiles', 'preview-cards', 'statuses'];
    const ask = async (sql: string) =>
      (await get().must('instance psql --tuples-only --no-align', { input: sql })).trim().split('\n');

    it('removes what is as old as the configuration says and can be had again, and says what', async () => {
      const lab = get();
      const { endpoint, bucket, accessKey, secretKey } = lab.facts.media;
      const objects = ['1/original/far', '2/original/near', '3/original/ours'].map(
        (rest) => `media_attachments/files/100/000/000/000/000/00${rest}.png`,
      );
      const s3 = (line: string) =>
        lab.must(
          `cd /dev/shm && echo picture > picture && curl --silent --aws-sigv4 aws:amz:fra1:s3 --config - ${line}`,
          { input: `user = "${accessKey}:${secretKey}"\n` },
        );
      for (const key of objects)
        await s3(`--fail --upload-file picture https://${endpoint}/${bucket}/${key}`);
      await ask(seed);
      await lab.must(`systemctl start ${jobs.map((job) => `tootctl-${job}.service`).join(' ')}`, {
        seconds: 150,
      });

      const listed = await s3(
        `'https://${endpoint}/${bucket}?list-type=2&prefix=media_attachments/files/100'`,
      );
      expect(objects.filter((key) => listed.includes(key))).toEqual(objects.slice(1));
      expect(await ask('SELECT id % 10, file_file_name FROM media_attachments ORDER BY id')).toEqual([
        '1|',
        '2|near.png',
        '3|ours.png',
      ]);
      expect(
        await ask('SELECT id, avatar_file_name FROM accounts WHERE id BETWEEN 1 AND 3 ORDER BY id'),
      ).toEqual(['1|', '2|new.png', '3|ours.png']);
      expect(await ask('SELECT url FROM preview_cards')).toEqual(['https://remote.example/new']);
      expect(await ask('SELECT id FROM statuses WHERE id BETWEEN 1 AND 3 ORDER BY id')).toEqual(['2', '3']);

      const { timers } = JSON.parse(await lab.must('instance status --json'));
      const said = Object.fromEntries(
        timers.map((job: { name: string; said: string }) => [job.name, job.said]),
      );
      expect(said).toMatchObject({
        'tootctl-media': expect.stringMatching(/^Removed 1 media attachments/),
        'tootctl-profiles': expect.stringMatching(/^Visited 1 accounts and removed/),
        'tootctl-preview-cards': expect.stringMatching(/^Removed 1 preview cards/),
        'tootctl-statuses': expect.stringMatching(/removed 1 out of 1 statuses/),
      });
      expect(await lab.must('instance logs tootctl-media')).toContain('Removed 1 media attachments');
    });

    it('finds nothing the second time, and leaves no container', async () => {
      const lab = get();
      await lab.must('systemctl start tootctl-media.service', { seconds: 60 });
      expect(await lab.must('cat /var/lib/social.coop/jobs/tootctl-media')).toContain('Removed 0 media');
      expect(await lab.must("docker ps --all --format '{{.Names}}'")).not.toContain('tootctl');
    });
  });
}
