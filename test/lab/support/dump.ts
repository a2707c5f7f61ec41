import { Decrypter } from 'age-encryption';
import { expect, it } from 'vitest';
import { passphrase, recovery } from '../../fixtures/recovery.ts';
import type { ApplyLab } from './apply-lab.ts';
import { jobsOf } from './jobs.ts';

async function opened(encrypted: Uint8Array): Promise<Uint8Array> {
  const { armor } = await import('age-encryption');
  const seal = new Decrypter();
  seal.addPassphrase(passphrase);
  const file = new Decrypter();
  file.addIdentity((await seal.decrypt(armor.decode(recovery.identity), 'text')).trim());
  return file.decrypt(encrypted);
}

const stamp = (daysAgo: number) =>
  new Date(Date.now() - daysAgo * 86_400_000).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** The dump for another tool than pgBackRest. */
export function describeDump(get: () => ApplyLab): void {
  const { start, said, rclone, backups } = jobsOf(get);
  const dumps = async () => (await rclone(`lsf --dirs-only ${backups('dump/')}`)).trim().split('\n');

  it('a dump of the database opens with the recovery key alone, and pg_restore reads it', async () => {
    await start('pg-dump-to-s3');
    const [newest] = (await dumps()).sort().slice(-1);
    const { files, tables } = JSON.parse(await rclone(`cat ${backups(`dump/${newest}dump.json`)}`));
    const name = 'mastodon_production.dump.age';
    const text = await get().must(
      `rclone --config /etc/social.coop/rclone.conf cat ${backups(`dump/${newest}${name}`)} | base64 -w0`,
    );
    const encrypted = Buffer.from(text, 'base64');
    expect(encrypted).toHaveLength(files[name].bytes);
    const dump = Buffer.from(await opened(encrypted));
    expect(dump.subarray(0, 5).toString()).toBe('PGDMP');
    const list = await get().must(
      'base64 -d | docker exec -i instance-db-1 pg_restore --list | grep -c " TABLE DATA "',
      { input: dump.toString('base64') },
    );
    expect(Number(list)).toBe(tables);
    expect(await said('pg-dump-to-s3')).toMatch(/^\d+ tables, [0-9.]+[KM]iB\nbytes \d+\n/);
  });

  it('dumps are kept for the days of the backups, and the first of a month for a year', async () => {
    // Two in a month five months ago, one from two years ago, one of last week.
    const month = stamp(150).slice(0, 6);
    const old = [`${month}03T030000Z`, `${month}20T030000Z`, stamp(800), stamp(7)];
    for (const name of old) await rclone(`rcat ${backups(`dump/${name}/dump.json`)} <<<'{}'`);
    await start('pg-dump-to-s3');
    const left = (await dumps()).map((name) => name.replace('/', ''));
    expect(old.filter((name) => left.includes(name))).toEqual([old[0], old[3]]);
    for (const name of [old[0], old[3]]) await rclone(`purge ${backups(`dump/${name}`)}`);
  });
}
