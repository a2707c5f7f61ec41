import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Kit } from '../../../components/recovery/kit.ts';
import type { Ask } from '../../../scripts/lib/recovery/bucket.ts';
import { refuseWithoutBackups } from '../../../scripts/lib/recovery/window.ts';

const from = {
  bucket: 'b',
  region: 'fra1',
  endpoint: 'fra1.example.org',
  keys: { accessKey: 'K', secretKey: 'S' },
};
const kit = (cipher: string) =>
  ({
    stack: 'prod',
    config: {
      'instance:secrets': JSON.stringify({ repositoryCipher: cipher }),
      'instance:primary': JSON.stringify({ provider: 'hetzner', region: 'fsn1', size: 'cpx32' }),
    },
  }) as object as Kit;

/** As pgBackRest writes it. */
function sealed(text: string, passphrase = 'of-the-backups'): Buffer {
  const salt = Buffer.from('saltsalt');
  const round = (before: Buffer) =>
    createHash('sha1')
      .update(Buffer.concat([before, Buffer.from(passphrase), salt]))
      .digest();
  const one = round(Buffer.alloc(0));
  const two = round(one);
  const derived = Buffer.concat([one, two, round(two)]);
  const cipher = createCipheriv('aes-256-cbc', derived.subarray(0, 32), derived.subarray(32, 48));
  return Buffer.concat([Buffer.from('Salted__'), salt, cipher.update(text), cipher.final()]);
}

const seconds = (iso: string) => Date.parse(iso) / 1000;
const entry = (id: number, ended: string, begins = '000000010000000000000009') =>
  JSON.stringify({
    'backup-timestamp-stop': seconds(ended),
    'backup-archive-start': begins,
    'backup-info-size': 100e9,
    'backup-type': 'full',
    'db-id': id,
  });
const catalogue = (lines: string[], version = '17', id = 2) =>
  [
    '[backrest]',
    'backrest-format=5',
    '',
    '[backup:current]',
    ...lines,
    '',
    '[cipher]',
    'cipher-pass="inner"',
    '',
    '[db]',
    `db-id=${id}`,
    `db-version="${version}"`,
    '',
  ].join('\n');
const good = catalogue([
  `20261101-000000F=${entry(1, '2026-11-01T00:10:00Z')}`,
  `20261120-000000F=${entry(2, '2026-11-20T00:10:00Z')}`,
  `20261122-000000F=${entry(2, '2026-11-22T00:10:00Z')}`,
]);

const info = 'pgbackrest/backup/instance/backup.info';
const archive = 'pgbackrest/archive/instance/17-2/';
const segment = (name: string) => `${name}-${'a'.repeat(40)}.zst`;
const wal: Record<string, string> = {
  [`${archive}0000000100000000/${segment('000000010000000000000009')}`]: '2026-11-23T05:00:00.000Z',
  [`${archive}00000002.history`]: '2026-11-23T06:00:00.000Z',
  [`${archive}0000000200000000/${segment('00000002000000000000000A')}`]: '2026-11-23T04:15:07.250Z',
  [`${archive}0000000200000000/00000002000000000000000A.00000028.backup`]: '2026-11-23T04:30:00.000Z',
};

/** A bucket that lists two objects at a time. */
function bucket(objects: Record<string, Uint8Array | string>): Ask {
  return async (href) => {
    const url = new URL(href);
    const key = url.pathname.replace('/b/', '');
    const prefix = url.searchParams.get('prefix');
    if (prefix === null) {
      const found = objects[key];
      return found === undefined
        ? new Response('<Error><Code>NoSuchKey</Code></Error>', { status: 404 })
        : new Response(Buffer.from(found));
    }
    expect(url.searchParams.get('delimiter')).toBe('/');
    const below = Object.keys(objects).filter((each) => each.startsWith(prefix));
    const rest = (each: string) => each.slice(prefix.length);
    const direct = below.filter((each) => !rest(each).includes('/'));
    const directories = new Set(
      below.filter((each) => rest(each).includes('/')).map((each) => `${prefix}${rest(each).split('/')[0]}/`),
    );
    const start = Number(url.searchParams.get('continuation-token') ?? 0);
    const page = direct.slice(start, start + 2);
    return new Response(
      `<ListBucketResult>${start + 2 < direct.length ? `<NextContinuationToken>${start + 2}</NextContinuationToken>` : ''}${page
        .map((each) => `<Contents><Key>${each}</Key><LastModified>${objects[each]}</LastModified></Contents>`)
        .join(
          '',
        )}${[...directories].map((each) => `<CommonPrefixes><Prefix>${each}</Prefix></CommonPrefixes>`).join('')}</ListBucketResult>`,
    );
  };
}
const refuse = (
  objects: Record<string, Uint8Array | string>,
  at?: string,
  {
    cipher = 'of-the-backups',
    ...more
  }: { cipher?: string; provider?: string; size?: string; backup?: string } = {},
) => refuseWithoutBackups(from, kit(cipher), { at, ...more }, bucket(objects));

describe('what the backups reach back to, asked of the bucket alone', () => {
  const whole = { [info]: sealed(good), [`${info}.copy`]: sealed(good), ...wal };

  it('a moment between the oldest backup of this database and the newest WAL of its last history is good', async () => {
    await refuse(whole);
    for (const at of ['2026-11-20T00:10:01Z', '2026-11-22T13:00:00.5Z', '2026-11-23T04:15:02Z'])
      await refuse(whole, at);
  });

  it.each([
    ['before the oldest backup', '2026-11-20T00:10:00Z'],
    ['of an older PostgreSQL', '2026-11-05T00:00:00Z'],
    ['after the last WAL that arrived', '2026-11-23T04:15:03Z'],
    ['in the future', '2031-01-01T00:00:00Z'],
  ])('a moment %s is refused, and the window named', async (_, at) => {
    await expect(refuse(whole, at)).rejects.toThrow(
      `cannot go back to that moment — --at ${at} — prod can be brought back to any moment from 2026-11-20T00:10:01Z to 2026-11-23T04:15:02Z, and without --at to the last that was archived; nothing was written`,
    );
  });

  it('WAL that is missing is told of before it ends a replay, and how far one gets; a moment before it is good', async () => {
    const add = (name: string, stored: string) => ({
      [`${archive}${name.slice(0, 16)}/${segment(name)}`]: stored,
    });
    const broken = {
      ...whole,
      ...add('00000002000000000000000D', '2026-11-23T04:20:00.000Z'),
      ...add('00000002000000000000000E', '2026-11-23T04:21:00.000Z'),
    };
    await expect(refuse(broken)).rejects.toThrow(
      /^WAL is missing: 2 segment\(s\) after 00000002000000000000000A, .* --at 2026-11-23T04:15:02Z; nothing was written$/,
    );
    await refuse(broken, '2026-11-23T04:15:02Z');
    await expect(refuse(broken, '2026-11-23T04:20:00Z')).rejects.toThrow(
      /where 2 segment\(s\) of WAL are missing/,
    );
    // What is older than the backup that one begins with is not needed.
    await refuse({ ...whole, ...add('000000010000000000000002', '2026-11-01T00:00:00.000Z') });
  });

  it('the backup that is named is the one to begin with', async () => {
    const backup = '20261122-000000F';
    await refuse(whole, undefined, { backup });
    await expect(refuse(whole, '2026-11-21T00:00:00Z', { backup })).rejects.toThrow(
      /cannot go back to that moment .* any moment from 2026-11-22T00:10:01Z/,
    );
    await expect(refuse(whole, undefined, { backup: '20261101-000000F' })).rejects.toThrow(
      /^no backup of that name: --backup 20261101-000000F — .* 20261120-000000F, 20261122-000000F; nothing was written$/,
    );
    // What it needs of WAL counts, not what the newest needs.
    const first = '000000010000000000000006';
    const mixed = catalogue([
      `20261120-000000F=${entry(2, '2026-11-20T00:10:00Z', first)}`,
      `${backup}=${entry(2, '2026-11-22T00:10:00Z')}`,
    ]);
    const old = { [`${archive}0000000100000000/${segment(first)}`]: '2026-11-20T00:11:00.000Z' };
    const files = { [info]: sealed(mixed), ...wal, ...old };
    await refuse(files);
    await expect(refuse(files, undefined, { backup: '20261120-000000F' })).rejects.toThrow(
      `WAL is missing: 2 segment(s) after ${first}`,
    );
  });

  it('a disk that is too small for the newest backup is refused, as before or as asked', async () => {
    const small = { [info]: sealed(good.replaceAll('100000000000', '150000000000')), ...wal };
    await expect(refuse(small)).rejects.toThrow(
      'the disk is too small — cpx32 at hetzner: 160 GB, the restore wants 209 GB — say a larger --size; nothing was written',
    );
    await expect(refuse(whole, undefined, { provider: 'digitalocean', size: 's-2vcpu-4gb' })).rejects.toThrow(
      /s-2vcpu-4gb at digitalocean: 80 GB, the restore wants 144 GB/,
    );
    await refuse(small, undefined, { size: 'cpx42' });
  });

  it('a time without a zone is none', async () => {
    await expect(refuse(whole, '2026-11-22 13:00')).rejects.toThrow(/^not a time in UTC — --at/);
  });

  it('one of the two catalogues is enough', async () => {
    await refuse({ ...whole, [info]: 'damaged' });
    await refuse({ [`${info}.copy`]: sealed(good), ...wal });
  });

  it.each<[string, Record<string, Uint8Array | string>, RegExp]>([
    ['no repository', {}, /^no backup in the repository — s3:\/\/b\/pgbackrest — is it the right bucket\?/],
    ['a repository without backups', { [info]: sealed(catalogue([])) }, /^no backup in the repository/],
    [
      'a repository of something else',
      { 'pgbackrest/backup/shop/backup.info': sealed(good) },
      /it holds backups of shop —/,
    ],
    [
      'a repository of another instance',
      { [info]: sealed(good, 'of-another') },
      /^the kit of prod does not open the backups: they are of another instance, or damaged — /,
    ],
    ['a repository in clear', { [info]: good }, /does not open the backups/],
    [
      'another PostgreSQL',
      { [info]: sealed(catalogue([`x=${entry(2, '2026-11-20T00:10:00Z')}`], '16')) },
      /^the backups are of PostgreSQL 16, and the image here has 17 — s3:\/\/b\/pgbackrest — .*; nothing was written$/,
    ],
  ])('%s is refused, asked for a moment or not', async (_, objects, message) => {
    await expect(refuse(objects)).rejects.toThrow(message);
    await expect(refuse(objects, '2026-11-22T00:00:00Z')).rejects.toThrow(message);
  });
});
