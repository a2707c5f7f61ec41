import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkout } from '../../../../scripts/lib/paths.ts';
import {
  archiveHeader,
  HEAD_BYTES,
  majorOf,
  recognise,
} from '../../../../scripts/lib/rehearse/dump/header.ts';

const made = join(checkout, 'test/fixtures/dumps/15');
const bytesOf = (name: string) => readFileSync(join(made, name));

describe('what pg_dump 15 wrote', () => {
  const server = expect.stringMatching(/^15\.\d+$/);
  it.each([
    ['custom.dump', { format: 'custom', compression: 'none', archive: '1.14', server, dumper: server }],
    ['custom-in-gzip.dump.gz', { format: 'custom', compression: 'gzip', archive: '1.14', server }],
    ['directory/toc.dat', { format: 'directory', compression: 'none', archive: '1.14', server }],
    ['tar.tar', { format: 'tar', compression: 'none', archive: '1.14', server }],
    ['plain.sql', { format: 'sql', compression: 'none', server, dumper: server }],
    ['create-clean.sql.gz', { format: 'sql', compression: 'gzip', server }],
    ['inserts.sql.zst', { format: 'sql', compression: 'zstd', server }],
    ['cluster.sql', { format: 'cluster', compression: 'none', server }],
    ['cluster-clean.sql.gz', { format: 'cluster', compression: 'gzip', server }],
    ['globals.sql', { format: 'globals', compression: 'none' }],
  ])('%s is told from its bytes', (name, expected) => {
    expect(recognise(bytesOf(name))).toMatchObject(expected);
  });

  it('is told from the beginning of something large, too', () => {
    const large = Buffer.concat([bytesOf('custom.dump'), Buffer.alloc(3_000_000, 'x')]);
    for (const [compression, packed] of [
      ['gzip', gzipSync(large, { level: 0 })],
      ['zstd', zstdCompressSync(large)],
      ['none', large],
    ] as const)
      expect(recognise(packed.subarray(0, HEAD_BYTES), packed.length)).toMatchObject({
        compression,
        format: 'custom',
      });
  });
});

/** The head of an archive as each version of pg_dump wrote it. */
function head(minor: number, dumper: string, format = 1): Buffer {
  const int = (value: number) =>
    Buffer.from([value < 0 ? 1 : 0, Math.abs(value) & 255, Math.abs(value) >> 8, 0, 0]);
  const string = (text: string) => Buffer.concat([int(text.length), Buffer.from(text)]);
  return Buffer.concat([
    Buffer.from('PGDMP'),
    Buffer.from([1, minor, 0, 4, 8, format]),
    minor >= 15 ? Buffer.from([1]) : int(-1),
    ...[11, 22, 3, 23, 10, 126, 0].map(int),
    ...['mastodon_production', dumper, dumper].map(string),
  ]);
}

describe('the head of an archive', () => {
  it.each([
    [12, '9.6.2', '9.6'],
    [13, '9.6.24', '9.6'],
    [13, '10.23', '10'],
    [14, '11.22 (Debian 11.22-0+deb10u2)', '11'],
    [14, '14.19', '14'],
    [15, '16.0', '16'],
    [16, '17.6 (Debian 17.6-0+deb13u1)', '17'],
  ])('of version 1.%i is read: PostgreSQL %s', (minor, version, major) => {
    const found = archiveHeader(head(minor, version));
    expect(found).toEqual({
      format: 'custom',
      archive: `1.${minor}`,
      server: version.split(' ')[0],
      dumper: version.split(' ')[0],
    });
    expect(majorOf(found.server ?? '')).toBe(major);
  });

  it('is an archive still where it breaks off', () => {
    expect(recognise(head(14, '15.1').subarray(0, 30))).toMatchObject({ format: 'custom', archive: '1.14' });
  });
});

describe('what is no dump', () => {
  it.each([
    ['age-encryption.org/v1\n', /encrypted with age/],
    ['-----BEGIN PGP MESSAGE-----', /GnuPG/],
    ['BZh91AY', /bzip2/],
    ['\u001f\u008bgarbage', /gzip.*cannot be unpacked/],
    ['# dumps of every night', undefined],
    ['SELECT 1;', undefined],
  ])('%j is told why', (text, why) => {
    const found = recognise(Buffer.from(text, 'latin1'));
    if (why) expect(found).toMatch(why);
    else expect(found).toBeUndefined();
  });

  it('the words of a dump in the middle of a text make no dump', () => {
    expect(recognise(Buffer.from('To do:\n-- PostgreSQL database dump\n'))).toBeUndefined();
  });
});
