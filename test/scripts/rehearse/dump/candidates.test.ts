import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from '../../../../scripts/lib/paths.ts';
import {
  databaseBytes,
  describeDump,
  findDumps,
  isStale,
  roomFor,
} from '../../../../scripts/lib/rehearse/dump/candidates.ts';
import { type DumpObjects, refused } from '../../../../scripts/lib/rehearse/dump/objects.ts';
import { factsOf } from '../../../../scripts/lib/rehearse/dump/rehearse-dump.ts';

const place = {
  ...{ bucket: 'dumps', prefix: 'pg/', endpoint: 's3.example.org', region: 'x' },
  ...{ accessKey: 'a', secretKey: 's' },
};
const made = (name: string) => readFileSync(join(checkout, 'test/fixtures/dumps/15', name));
const now = new Date('2026-11-23T08:00:00Z');
const ago = (hours: number) => new Date(+now - hours * 3_600_000);

/** A bucket that is there only to be read. */
function holds(objects: Record<string, [content: Buffer | string, hours: number]>): DumpObjects {
  return {
    list: async () =>
      Object.entries(objects).map(([key, [content, hours]]) => ({
        key,
        bytes: content.length,
        at: ago(hours),
      })),
    head: async (key, bytes) => Buffer.from(objects[key]?.[0] ?? '').subarray(0, bytes),
    close: () => {},
  };
}

describe('choosing among dumps', () => {
  it('takes the newest first, a directory as one, and leaves out what is none', async () => {
    const { dumps, others } = await findDumps(
      holds({
        'pg/a.dump': [made('custom.dump'), 50],
        'pg/b/toc.dat': [made('directory/toc.dat'), 3],
        'pg/b/3377.dat.gz': [Buffer.alloc(5000), 2],
        'pg/c.sql': [made('plain.sql'), 27],
        'pg/globals.sql': [made('globals.sql'), 1],
        'pg/empty.dump': ['', 0.5],
        'pg/README': ['words', 1],
      }),
      place,
    );
    expect(dumps.map(({ key, format }) => `${key} ${format}`)).toEqual([
      'pg/b/ directory',
      'pg/c.sql sql',
      'pg/a.dump custom',
    ]);
    expect(dumps[0]).toMatchObject({ bytes: made('directory/toc.dat').length + 5000, at: ago(2) });
    expect(dumps.map((dump) => isStale(dump, now))).toEqual([false, true, true]);
    expect(describeDump(dumps[1] as never, now)).toMatch(
      /^pg\/c\.sql, SQL, PostgreSQL 15\.\d+, .* kB, 1 d 3 h old: stale, more than 26 h$/,
    );
    expect(others.map(({ key, why }) => `${key}: ${why}`)).toEqual([
      'pg/empty.dump: it is empty',
      'pg/globals.sql: roles of a cluster, and no database',
    ]);
  });

  it('says where nothing is, where nothing is a dump, and where all is too new', async () => {
    await expect(findDumps(holds({}), place)).rejects.toThrow(/nothing there — s3:\/\/dumps\/pg\/ —/);
    await expect(
      findDumps(holds({ 'pg/x.age': ['age-encryption.org/v1', 1], 'pg/y': ['y', 1] }), place),
    ).rejects.toThrow(/no dump there.*2 object\(s\).*x\.age \(it is encrypted with age\).*nothing was made/);
    const many = Array.from({ length: 31 }, (_, hours) => [`pg/${hours}`, ['y', hours]] as const);
    await expect(
      findDumps(holds(Object.fromEntries([...many, ['pg/old.dump', [made('custom.dump'), 99]]])), place),
    ).rejects.toThrow(
      /only the newest 30 of 32 object\(s\) .*, and none is of pg_dump or pg_dumpall: pg\/0, /,
    );
    const newer = '--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 18.1\n';
    await expect(findDumps(holds({ 'pg/n.sql': [newer, 1] }), place)).rejects.toThrow(
      /newer PostgreSQL \(18\) — pg\/n\.sql .* runs 17/,
    );
    const archive = Buffer.from(made('custom.dump'));
    archive[6] = 17;
    await expect(findDumps(holds({ 'pg/n.dump': [archive, 1] }), place)).rejects.toThrow(/archive 1\.17/);
  });

  it('wants room for the database and the dump beside it', () => {
    const dump = { key: 'a', format: 'custom', compression: 'none', bytes: 1e9, at: now } as const;
    expect(databaseBytes(dump)).toBe(8e9);
    expect(databaseBytes({ ...dump, format: 'sql' })).toBe(2e9);
    expect(databaseBytes({ ...dump, format: 'sql', compression: 'zstd' })).toBe(8e9);
    expect(roomFor([dump, { ...dump, bytes: 2e9 }])).toBe(18e9);
  });
});

describe('what S3 refuses', () => {
  it.each([
    ['NoSuchBucket', /no such bucket — s3:\/\/dumps\/pg\//],
    ['InvalidAccessKeyId', /nobody there knows this key/],
    ['SignatureDoesNotMatch', /secret key does not fit/],
    ['AccessDenied', /may not read there.*s3:ListBucket/],
    ['PermanentRedirect', /another region.*--storage-region/],
    ['ENOTFOUND', /cannot be listed.*ENOTFOUND.*is the endpoint right/],
  ])('%s is said with what to do', (name, words) => {
    const said = refused(Object.assign(new Error('told'), { name }), place).message;
    expect(said).toMatch(words);
    expect(said).toMatch(/nothing was made$/);
  });
});

describe('the report of dumps', () => {
  it('names each, what became of it, and that the newest whole one is stale', () => {
    const dump = { format: 'custom', compression: 'none', bytes: 10 } as const;
    const facts = factsOf(
      {
        dumps: [
          { ...dump, key: 'new', at: ago(1) },
          { ...dump, key: 'old', at: ago(30) },
          { ...dump, key: 'older', at: ago(60) },
        ],
        others: [{ key: 'empty', bytes: 0, at: ago(0.5), why: 'it is empty' }],
      },
      [
        { key: 'new', result: 'truncated', format: 'custom', reason: 'end of file' },
        { key: 'old', result: 'restored', format: 'custom', reason: '' },
      ],
      now,
      5000,
    );
    expect(facts.dumps?.map(({ key, result, stale, reason }) => [key, result, stale, reason])).toEqual([
      ['empty', 'unusable', false, 'it is empty'],
      ['new', 'truncated', false, 'end of file'],
      ['old', 'restored', true, ''],
      ['older', 'not tried', true, ''],
    ]);
    expect(facts.sizes).toEqual({ databaseBytes: 5000, repositoryBytes: 10 });
    expect(facts.notTested?.map(({ what }) => what)).toContain('a dump of today');
  });
});
