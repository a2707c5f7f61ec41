import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '../../scripts/lib/paths.ts';

// What a copy's machine says before it fetches anything. pgBackRest's answers are as it gives them; the fetch itself runs in
// test/stacks.

const lib = join(checkout, 'host/opt/social.coop/libexec/lib');
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'restore-'));
  mkdirSync(join(root, 'postgres/17/data'), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const wal = (number: number, timeline = 1) =>
  `0000000${timeline}00000000${number.toString(16).toUpperCase().padStart(8, '0')}`;
/** After a recovery the history goes on under another number. */
const whole = [wal(4), wal(5), wal(6), wal(6, 2), wal(7, 2)];
const MB = 1024 * 1024;
const seconds = (time: string) => Date.parse(time) / 1000;
const backup = (label: string, ended: string, more = {}) => ({
  label,
  database: { id: 1, 'repo-key': 1 },
  timestamp: { start: seconds(ended) - 60, stop: seconds(ended) },
  info: { size: 30 * MB },
  archive: { start: wal(4), stop: wal(4) },
  ...more,
});
const cluster = { id: 1, 'repo-key': 1, 'system-id': 7574712345678901234n, version: '17' };
const answer = (backups: object[], db: object = cluster, status = 0, message = 'ok') =>
  JSON.stringify(
    [{ backup: backups, db: [db], repo: [{ status: { code: status, message } }], status: { code: status } }],
    (_, value) => (typeof value === 'bigint' ? Number(value) : value),
  );

/** Asks and judges with an image of `postgres` whose pgBackRest printed `said`. */
function judge(
  said: string,
  {
    at = '',
    postgres = '17.6',
    free = 100_000,
    code = 0,
    archived = whole,
    label = '',
  }: {
    at?: string;
    label?: string;
    postgres?: string;
    free?: number;
    code?: number;
    archived?: string[];
  } = {},
) {
  const listing = archived.map((name) => [
    `17-1/${name.slice(0, 16)}/${name}-${'a'.repeat(40)}.zst`,
    { type: 'file', time: seconds('2026-11-02T01:00:00Z') + 60 * Number.parseInt(name.slice(16), 16) },
  ]);
  writeFileSync(join(root, 'archive'), JSON.stringify(Object.fromEntries(listing)));
  writeFileSync(
    join(root, 'said'),
    `postgres (PostgreSQL) ${postgres} (Debian ${postgres}-0+deb13u1)\n${said}\n`,
  );
  const script = `
    . "$LIB/common.sh"; state=${root}; pgdata=$state/postgres/17/data; . "$LIB/restore.sh"
    STANZA=instance BACKUPS_BUCKET=b BACKUPS_ENDPOINT=e RESTORE_FROM=prod
    compose() { case $* in *repo-ls*) cat ${root}/archive ;; *) cat ${root}/said; return ${code} ;; esac; }
    sleep() { :; }
    room_here() { echo ${free}; }
    info=$(restore_info) || fail "cannot be read — $(why_unreadable "$info")"
    refuse_restore "$info"; echo fine`;
  const ran = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    encoding: 'utf8',
    env: { ...process.env, LIB: lib, APPLY_LIB: lib, RESTORE_AT: at, RESTORE_BACKUP: label },
  });
  return ran.status === 0 ? ran.stdout.trim() : ran.stderr.trim();
}

const list = [
  backup('A', '2026-11-01T01:00:00Z', { info: { size: 90_000 * MB } }),
  backup('B', '2026-11-02T01:00:00Z'),
];

describe('a copy is restored', () => {
  it('from the newest backup, and from an older one as of a moment', () => {
    expect(judge(answer(list))).toBe('fine');
    expect(judge(answer(list), { at: '2026-11-02T01:00:00Z', free: 1300 })).toBe('fine');
  });

  it('from the backup that is named: it counts for room and for WAL', () => {
    expect(judge(answer(list), { label: 'B' })).toBe('fine');
    expect(judge(answer(list), { label: 'A' })).toMatch(/it needs 109024 MB, and 100000 MB/);
    const early = [backup('A', '2026-11-01T01:00:00Z', { archive: { start: wal(2) } }), list[1] ?? {}];
    expect(judge(answer(early))).toBe('fine');
    const archived = [wal(2), ...whole];
    expect(judge(answer(early), { archived })).toBe('fine');
    expect(judge(answer(early), { archived, label: 'A' })).toContain(`1 segment after ${wal(2)}`);
  });

  it.each([
    ['no backup', answer([], cluster, 2), {}, /prod has no backup yet/],
    [
      'a moment before all backups',
      answer(list),
      { at: '2026-10-31T00:00:00Z' },
      /begin later .* from 2026-11-01T01:00:00Z on/,
    ],
    [
      'a backup that is not there',
      answer(list),
      { label: 'C' },
      /no backup to begin with .*--backup: C — those there are: A, B; nothing was fetched/,
    ],
    [
      'one that ended later',
      answer(list),
      { label: 'B', at: '2026-11-01T12:00:00Z' },
      /no backup to begin with .*--backup: B/,
    ],
    ['a moment to come', answer(list), { at: '2999-01-01T00:00:00Z' }, /still to come/],
    [
      'a backup by another PostgreSQL',
      answer(list),
      { postgres: '16.9' },
      /made by PostgreSQL 17, and the image here brings 16/,
    ],
    ['no room', answer(list), { free: 1000 }, /it needs 1060 MB, and 1000 MB are free/],
    [
      'no room for the backup of that moment',
      answer(list),
      { at: '2026-11-01T12:00:00Z' },
      /it needs 109024 MB, and 100000 MB/,
    ],
  ])('unless there is %s', (_, said, options, why) => expect(judge(said, options)).toMatch(why));

  it.each([
    [
      'in the middle',
      [wal(1), wal(4), wal(5), wal(8), wal(9)],
      'segments',
      '2',
      wal(5),
      '01:05:00',
      '01:04:00',
    ],
    ['of a later history', [...whole, wal(9, 2)], 'segment', '1', wal(7, 2), '01:07:00', '01:06:00'],
  ])('or WAL is missing %s, and as of a moment before it', (_, archived, word, number, after, at, reach) => {
    expect(judge(answer(list), { archived })).toContain(
      `WAL is missing: ${number} ${word} after ${after}, archived 2026-11-02T${at}Z; a moment that can be reached is 2026-11-02T${reach}Z`,
    );
    expect(judge(answer(list), { archived, at: '2026-11-02T01:04:00Z' })).toBe('fine');
    // What is older than the backup is not needed.
    expect(judge(answer(list), { archived: [wal(1), wal(3), ...whole] })).toBe('fine');
  });

  it.each([
    [
      'another cipher',
      '[CryptoError] unable to flush\nHINT: is or was the repo encrypted?',
      /cipher pass is not that of the recovery kit of prod/,
    ],
    [
      'another cipher, by chance',
      '[FormatError] key/value found outside of section at line 1: \u0001\u0002\nx',
      /cipher pass is not that of the recovery kit of prod/,
    ],
    [
      'a key that was revoked',
      '[ProtocolError] HTTP request failed with 403 (Forbidden)',
      /refused: it was revoked.*pulumi up --refresh/,
    ],
    [
      'a bucket that is gone',
      '[FileMissingError] HTTP request failed with 404 (Not Found)',
      /the bucket is not there/,
    ],
    ['silence', '[HostConnectError] timeout connecting', /does not answer/],
  ])('or the repository cannot be read, with the reason: %s', (_, message, why) => {
    expect(judge(answer([], cluster, 99, message))).toMatch(why);
    // As pgBackRest prints it: nothing is escaped.
    expect(judge(`[{"repo":[{"status":{"code":99,"message":"${message}"}}]}]`)).toMatch(why);
    expect(judge(`ERROR: ${message}`, { code: 1 })).toMatch(why);
  });

  it('or the bucket holds no repository at all', () =>
    expect(judge(answer([], cluster, 1, 'missing stanza path'))).toMatch(/no repository of an instance/));
});

it('WAL that could not be read is no end of it: the replay stops', () => {
  const script = '. "$LIB/common.sh"; . "$LIB/restore.sh"; STANZA=instance; archive_get';
  const { stdout } = spawnSync('bash', ['-euc', script], {
    encoding: 'utf8',
    env: { ...process.env, LIB: lib },
  });
  const codes = [0, 1, 39].map((code) => {
    const command = `pgbackrest() { return ${code}; }\n${stdout.replace('%f', '0').replace('%p', 'x')}`;
    return spawnSync('bash', ['-c', command]).status;
  });
  expect(codes).toEqual([0, 1, 200]);
});
