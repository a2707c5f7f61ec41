import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib';

/** How a dump is written; `globals`: a cluster's roles without any database. */
export type DumpFormat = 'custom' | 'directory' | 'tar' | 'sql' | 'cluster' | 'globals';

export interface DumpHeader {
  format: DumpFormat;
  compression: 'none' | 'gzip' | 'zstd';
  /** Of pg_dump's archive, like 1.14; plain text has none. */
  archive?: string;
  /** Version of the server, as the dump says it. */
  server?: string;
  /** Version of the pg_dump that wrote it; before 9.0 it did not say. */
  dumper?: string;
}

/** How much of a file is looked at: a whole block of zstd, however it was compressed. */
export const HEAD_BYTES = 192 * 1024;

/** What the first bytes of a file say it is; words when it is no dump; undefined for anything else. */
export function recognise(bytes: Buffer, size = bytes.length): DumpHeader | string | undefined {
  const { compression, head } = unwrap(bytes);
  if (head === undefined) return `it begins as ${compression} and cannot be unpacked`;
  const text = head.toString('latin1');
  if (text.startsWith('PGDMP')) return { compression, ...archiveHeader(head) };
  if (text.startsWith('toc.dat\0') && text.slice(257, 262) === 'ustar')
    return { compression, ...archiveHeader(head.subarray(512)), format: 'tar' };
  if (/^(--[^\n]*\n|\s)*-- PostgreSQL database cluster dump/.test(text)) {
    const whole = size <= bytes.length && !/^\\connect (?!template1$|postgres$)/m.test(text);
    return { ...textHeader(text), compression, format: whole ? 'globals' : 'cluster' };
  }
  if (/^(--[^\n]*\n|\s)*-- PostgreSQL database dump/.test(text))
    return { ...textHeader(text), compression, format: 'sql' };
  return closed.find(([begin]) => text.startsWith(begin))?.[1];
}

const closed: [string, string][] = [
  ['age-encryption.org/', 'it is encrypted with age'],
  ['-----BEGIN AGE', 'it is encrypted with age'],
  ['-----BEGIN PGP', 'it is encrypted with GnuPG'],
  ['\x85', 'it looks encrypted with GnuPG'],
  ['\x8c', 'it looks encrypted with GnuPG'],
  ['Salted__', 'it is encrypted with openssl'],
  ['BZh', 'it is compressed with bzip2; only gzip and zstd are read'],
  ['\xfd7zXZ', 'it is compressed with xz; only gzip and zstd are read'],
  ['PK\x03\x04', 'it is a zip archive'],
];

/** What is inside, as far as it is here. */
function unwrap(bytes: Buffer): { compression: DumpHeader['compression']; head: Buffer | undefined } {
  const attempt = (work: () => Buffer) => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return {
      compression: 'gzip',
      head: attempt(() => gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })),
    };
  if (bytes.length > 4 && bytes.readUInt32LE(0) === 0xfd2fb528)
    return {
      compression: 'zstd',
      head: attempt(() => zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush })),
    };
  return { compression: 'none', head: bytes };
}

function textHeader(text: string): Pick<DumpHeader, 'server' | 'dumper'> {
  const server = /^-- Dumped from database version (\S+)/m.exec(text)?.[1];
  const dumper = /^-- Dumped by pg_dump version (\S+)/m.exec(text)?.[1];
  return { ...(server ? { server } : {}), ...(dumper ? { dumper } : {}) };
}

/**
 * The head of an archive, as ReadHead of pg_backup_archiver.c reads it: 9.6 wrote 1.12 and 1.13, 17 writes 1.16.
 * https://github.com/postgres/postgres/blob/REL_17_STABLE/src/bin/pg_dump/pg_backup_archiver.c
 */
export function archiveHeader(bytes: Buffer): Omit<DumpHeader, 'compression'> {
  const [major = 0, minor = 0] = [bytes[5], bytes[6]];
  const archive = `${major}.${minor}`;
  // A directory's toc.dat says it is of a tar archive.
  const format = ({ 1: 'custom', 3: 'directory', 5: 'directory' } as const)[bytes[10] ?? 0];
  const known = { format: format ?? ('custom' as const), archive };
  const intBytes = bytes[8] ?? 4;
  let at = 11;
  const int = (): number => {
    const negative = bytes[at] === 1;
    const value = bytes.readUIntLE(at + 1, Math.min(intBytes, 6));
    at += 1 + intBytes;
    return negative ? -value : value;
  };
  const string = (): string | undefined => {
    const length = int();
    if (length < 0) return undefined;
    at += length;
    return bytes.toString('latin1', at - length, at);
  };
  try {
    // The algorithm in a byte since 1.15, the level before; then seven parts of a time, and the name of the database.
    if (minor >= 15) at += 1;
    else int();
    for (let part = 0; part < 7; part++) int();
    string();
    const [server, dumper] = [string(), string()].map((said) => said?.split(' ')[0]);
    return { ...known, ...(server ? { server } : {}), ...(dumper ? { dumper } : {}) };
  } catch {
    return known;
  }
}

/** 17 of `17.6`, 9.6 of `9.6.24`. */
export const majorOf = (version: string): string =>
  (/^9\.\d+/.exec(version) ?? /^\d+/.exec(version))?.[0] ?? '';
