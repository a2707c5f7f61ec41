import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from '../../scripts/lib/paths.ts';

const program = join(checkout, 'host/opt/social.coop/libexec/lib/backup-check.jq');
const now = 1_795_410_000;
const hour = 3600;
type Files = Record<string, { type: 'file' | 'path'; size?: number; time?: number }>;

const name = (number: number, timeline = 1) =>
  [timeline, Math.floor(number / 256), number % 256]
    .map((part) => part.toString(16).toUpperCase().padStart(8, '0'))
    .join('');
/** WAL as pgBackRest lists it. */
const wal = (numbers: number[], timeline = 1): Files =>
  Object.fromEntries(
    numbers.map((number) => [
      `17-1/${name(number, timeline).slice(0, 16)}/${name(number, timeline)}-${'a'.repeat(40)}.zst`,
      { type: 'file' as const, size: 100, time: now - 30 },
    ]),
  );
const full = {
  label: 'F',
  type: 'full',
  error: false,
  reference: null as string[] | null,
  database: { id: 1, 'repo-key': 1 },
  archive: { start: name(254), stop: name(254) },
  timestamp: { start: now - hour, stop: now - hour },
  info: { repository: { delta: 500 } },
};
const incr = {
  ...full,
  label: 'F_I',
  type: 'incr',
  reference: ['F'],
  archive: { start: name(256), stop: name(256) },
};
const filesOf = (label: string, size = 500): Files => ({
  [`${label}/backup.manifest`]: { type: 'file', size: 9 },
  [`${label}/bundle/1`]: { type: 'file', size },
});
const sound = {
  backups: [full, incr],
  stored: { '.': { type: 'path' as const }, ...filesOf('F'), ...filesOf('F_I') } as Files,
  archive: { 'archive.info': { type: 'file' as const, size: 9 }, ...wal([254, 255, 256, 257]) } as Files,
  archived: name(257),
};

function problems(change: Partial<typeof sound>): string[] {
  const { backups, stored, archive, archived } = { ...sound, ...change };
  const info = [{ status: { code: 0 }, db: [{ id: 1 }], backup: backups }];
  const folder = mkdtempSync(join(tmpdir(), 'backup-check-'));
  const slurped = Object.entries({ info, backup: stored, archive }).flatMap(([variable, value]) => {
    writeFileSync(join(folder, variable), JSON.stringify(value));
    return ['--slurpfile', variable, join(folder, variable)];
  });
  const bars = { backup: 4 * hour, full: 204 * hour, wal: 240 };
  const ran = spawnSync(
    'jq',
    [
      ...[
        '-L',
        dirname(program),
        '--null-input',
        '--from-file',
        program,
        '--arg',
        'number',
        '1',
        '--arg',
        'archived',
        archived,
      ],
      ...[
        '--argjson',
        'bars',
        JSON.stringify(bars),
        '--argjson',
        'now',
        String(now),
        '--argjson',
        'random',
        '7',
      ],
      ...slurped,
    ],
    { encoding: 'utf8' },
  );
  rmSync(folder, { recursive: true });
  expect(ran.stderr).toBe('');
  const found = JSON.parse(ran.stdout) as { problems: string[]; wal: string | null };
  if (Object.keys(archive).length > 1) expect(archive[found.wal ?? '']).toBeDefined();
  return found.problems;
}

const without = (files: Files, ...gone: string[]): Files =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !gone.some((part) => path.includes(part))));

describe('what backup-check finds in a repository', () => {
  it('is nothing when all is there, across the end of a 4 GB file of WAL', () => {
    expect(problems({})).toEqual([]);
  });

  it('is nothing when the database was killed, and forgot what it archived', () => {
    expect(problems({ archived: '' })).toEqual([]);
  });

  it('is nothing when later segments overtake each other on their way, or a timeline begins', () => {
    expect(problems({ archive: { ...sound.archive, ...wal([259]) } })).toEqual([]);
    expect(
      problems({ archive: { ...sound.archive, ...wal([257, 258], 2) }, archived: name(258, 2) }),
    ).toEqual([]);
  });

  it.each<[string, Partial<typeof sound>, RegExp]>([
    [
      'a backup directory that is gone',
      { stored: without(sound.stored, 'F_I/') },
      /^gone from the repository: F_I$/,
    ],
    [
      'a manifest that is gone',
      { stored: without(sound.stored, 'F/backup.manifest') },
      /^gone from the repository: F$/,
    ],
    [
      'a file that is gone',
      { stored: without(sound.stored, 'F/bundle') },
      /^F is not whole: 0 of 500 bytes$/,
    ],
    [
      'a file that is shorter',
      { stored: { ...sound.stored, ...filesOf('F', 499) } },
      /^F is not whole: 499 of 500/,
    ],
    ['a backup that others stand on', { backups: [incr] }, /^F_I needs what is gone: F$/],
    [
      'a gap',
      { archive: without(sound.archive, `${name(255)}-`) },
      /^WAL is missing: 1 after segment 254 of 1\/00000001$/,
    ],
    [
      'WAL of a backup',
      { archive: without(sound.archive, `${name(254)}-`) },
      /^WAL is missing: F cannot be restored without 1 segment/,
    ],
    [
      'WAL the database thinks is archived',
      { archived: name(258) },
      /^WAL is missing: \d+2, which the database archived$/,
    ],
    [
      'pages with wrong checksums',
      { backups: [{ ...full, error: true }, incr] },
      /^F holds pages with wrong checksums$/,
    ],
    ['no backup', { backups: [], stored: {} }, /^no backup$/],
    ['no WAL', { backups: [], stored: {}, archive: {} }, /^no WAL$/],
    [
      'a newest backup that is too old',
      { backups: [full, incr].map((one) => ({ ...one, timestamp: { start: 0, stop: now - 5 * hour } })) },
      /^the newest backup is 5 h old$/,
    ],
    [
      'a full backup that is too old',
      { backups: [{ ...full, timestamp: { start: 0, stop: now - 205 * hour } }, incr] },
      /^the newest full backup is 205 h old$/,
    ],
    [
      'WAL that stopped to come',
      {
        archive: Object.fromEntries(
          Object.entries(sound.archive).map(([path, file]) => [path, { ...file, time: now - 241 }]),
        ),
      },
      /^the newest WAL is 241 s old$/,
    ],
  ])('is %s', (_, change, text) => {
    expect(problems(change)).toContainEqual(expect.stringMatching(text));
  });
});
