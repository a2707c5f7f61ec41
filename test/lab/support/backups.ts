import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ApplyLab } from './apply-lab.ts';
import { describeBackupFaults } from './backup-faults.ts';
import { describeDump } from './dump.ts';
import { jobsOf } from './jobs.ts';

const id = '112233445566778899';
const folder = `media_attachments/files/${id.match(/\d{3}/g)?.join('/')}`;
const picture = `${folder}/original/ours.png`;
const small = `${folder}/small/ours.png`;
const seed = `
INSERT INTO accounts (id, username, domain, avatar_file_name) VALUES (700, 'member', NULL, 'face.png'), (701, 'far', 'remote.example', 'face.png');
INSERT INTO media_attachments (id, account_id, file_file_name, remote_url) VALUES
  (${id}, 700, 'ours.png', ''), (112233445566778900, 701, 'theirs.png', 'https://remote.example/theirs.png');
`;
const clean = `DELETE FROM media_attachments WHERE account_id IN (700, 701); DELETE FROM accounts WHERE id IN (700, 701)`;

/** The jobs that make and look after backups, with a real database and a real bucket; and what each of them notices. */
export function describeBackups(get: () => ApplyLab): void {
  describe('backups', () => {
    const { start, said, put, remove, stored, psql, problems } = jobsOf(get);

    it('a heartbeat is written every second, also after the database was killed; what was not archived then is soon', async () => {
      const age = async () =>
        Number(await psql('SELECT extract(epoch FROM clock_timestamp() - max(at)) FROM heartbeat', 'coop'));
      const last = (await psql('SELECT pg_walfile_name(pg_current_wal_insert_lsn())')).trim();
      // No farewell: a database that is shut down archives its last segment itself.
      await get().must(`kill -9 $(docker inspect --format '{{.State.Pid}}' instance-db-1)`);
      await expect
        .poll(() => age().catch(() => Infinity), { timeout: 30_000, interval: 500 })
        .toBeLessThan(1.5);
      const archived = `SELECT last_archived_wal >= '${last}' FROM pg_stat_archiver`;
      await expect.poll(() => psql(archived), { timeout: 30_000, interval: 500 }).toBe('t\n');
      const written = await psql(
        "SELECT pg_sleep(3); SELECT count(*) FROM heartbeat WHERE at > now() - interval '3 s'",
        'coop',
      );
      expect(Number(written.trim())).toBeGreaterThanOrEqual(2);
      // Nothing stays behind in the container of what was stopped.
      const sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'coop' AND pid <> pg_backend_pid()";
      expect(await psql(sessions, 'coop')).toBe('1\n');
    });

    it('a manifest says how many rows each table has and what is in them, at one place in the WAL', async () => {
      const read = async () => {
        await start('manifest');
        return (await stored('manifest')) as {
          lsn: string;
          schema: string;
          tables: Record<string, { rows: number; checksum: string }>;
        };
      };
      const first = await read();
      await psql(seed);
      const second = await read();
      expect(first.lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
      expect(first.schema).toBe((await psql('SELECT max(version) FROM schema_migrations')).trim());
      const count = Number(await psql('SELECT count(*) FROM accounts'));
      expect(second.tables['public.accounts']?.rows).toBe(count);
      expect(first.tables['public.accounts']?.rows).toBe(count - 2);
      expect(Object.keys(second.tables)).toHaveLength(
        Number(await psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")),
      );
      expect(second.tables['public.users']).toEqual(first.tables['public.users']);
      await psql("UPDATE accounts SET note = 'other' WHERE id = 700");
      const third = await read();
      expect(third.tables['public.accounts']?.rows).toBe(count);
      expect(third.tables['public.accounts']?.checksum).not.toBe(second.tables['public.accounts']?.checksum);
      expect(await said('manifest')).toMatch(/^\d+ tables, \d+ rows\n/);
    });

    it('an inventory names what members gave and the bucket lacks, and the other way round', async () => {
      await put(picture, 'a picture');
      await put(small, 'small');
      await put('accounts/avatars/000/000/700/original/face.png', 'a face');
      await put('media_attachments/files/999/original/nobody.png', 'of nobody');
      await start('media-inventory');
      const { named, missing, unnamed } = (await stored('media-inventory')) as never as {
        named: number;
        missing: { keys: string[] };
        unnamed: { keys: string[] };
      };
      expect({ missing, named }).toMatchObject({ missing: { count: 0, keys: [] } });
      expect(named).toBeGreaterThanOrEqual(2);
      expect(unnamed.keys).toContain('media_attachments/files/999/original/nobody.png');
      expect(unnamed.keys).not.toContain(small);
    });

    it('a sample holds hashes of what members gave, as it lies in the bucket', async () => {
      await start('media-sample');
      const { objects } = (await stored('media-sample')) as never as {
        objects: { key: string; bytes: number; sha256: string }[];
      };
      const sha256 = createHash('sha256').update('a picture').digest('hex');
      expect(objects).toContainEqual({ key: picture, bytes: 9, sha256 });
      expect(objects.map(({ key }) => key).filter((key) => key.includes('theirs'))).toEqual([]);
    });

    it('a file of a member that is gone from the bucket is red, with its name', async () => {
      await remove(picture);
      expect((await start('media-sample', false)).output).toMatch(/1 of \d+ files .* not in the bucket/);
      expect((await start('media-inventory', false)).output).toMatch(
        /1 of \d+ files .* not in the bucket, 0 were known/,
      );
      expect(JSON.stringify(await stored('media-inventory'))).toContain(picture);
      expect(await problems()).toMatch(/media-inventory: its last run ended with exit-code/);
      await put(picture, 'a picture');
      await start('media-sample');
      await start('media-inventory');
      await psql(clean);
    });

    describeDump(get);
    describeBackupFaults(get);
  });
}
