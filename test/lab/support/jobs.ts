import { expect } from 'vitest';
import type { ApplyLab } from './apply-lab.ts';
import { red } from './apply-observe.ts';
import type { Ran } from './run.ts';

const rclone = 'rclone --config /etc/social.coop/rclone.conf';

/** What tests do with jobs of a machine and with what those leave in the buckets. */
export function jobsOf(get: () => ApplyLab) {
  const media = (key: string) => `'media:${get().facts.media.bucket}/${key}'`;
  const backups = (key: string) => `'backups:${get().facts.backups.bucket}/${key}'`;
  return {
    backups,
    /** Runs a line of rclone's on the machine. */
    rclone: (line: string) => get().must(`${rclone} ${line}`),
    /** Starts a job and sees whether it ends as it should; `output` is what it said. */
    async start(job: string, well = true): Promise<Ran> {
      const ran = await get().ssh(
        `at=$(date +%s.%N); systemctl reset-failed ${job}.service 2>/dev/null; systemctl start ${job}.service; code=$?; journalctl --sync; journalctl --unit ${job} --since "@$at" --output cat; exit $code`,
        { seconds: 150 },
      );
      expect(ran.code === 0, ran.output).toBe(well);
      return ran;
    },
    /** What a job said of its last success. */
    said: (job: string) => get().must(`cat /var/lib/social.coop/jobs/${job}`),
    put: (key: string, content: string) => get().must(`${rclone} rcat ${media(key)}`, { input: content }),
    remove: (key: string) => get().must(`${rclone} deletefile ${media(key)}`),
    /** The newest JSON object of a folder beside the backups. */
    async stored(folder: string): Promise<Record<string, unknown>> {
      const at = backups(folder);
      return JSON.parse(
        await get().must(`${rclone} cat ${at}/$(${rclone} lsf ${at} | sort | tail -n 1)`),
      ) as Record<string, unknown>;
    },
    psql: (input: string, database = 'mastodon_production') =>
      get().must(`docker exec -i instance-db-1 psql -U postgres -d ${database} -qAt -v ON_ERROR_STOP=1`, {
        input,
      }),
    /** What the machine finds broken, as text. */
    async problems(): Promise<string> {
      return JSON.stringify(red(JSON.parse(await get().must('instance status --json'))));
    },
  };
}
