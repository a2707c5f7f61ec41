import { postgresMajor, stanza } from '../../../components/host/postgres.ts';
import { type Ask, findObject, listDirectory, type ReadableBucket } from './bucket.ts';
import { decryptRepositoryFile } from './repository-cipher.ts';

export interface RepositoryBackup {
  label: string;
  /** From here on the database can be brought back. */
  ended: Date;
  /** Segment of WAL that its replay begins with. */
  begins: string;
  /** Bytes of the database. */
  bytes: number;
}

/** What a repository of pgBackRest holds, as far as it can be told without the machine that wrote it. */
export type Repository =
  | { problem: 'absent'; stanzas: string[] }
  | { problem: 'closed' }
  | { problem: 'major'; major: string }
  | {
      problem: undefined;
      /** Of the database as it was last, oldest first. */
      backups: RepositoryBackup[];
      archive: Archive;
    };

/** What of the archive can be replayed. */
export interface Archive {
  /** When the newest segment of WAL arrived that all before it are there for; undefined without one. */
  reaches: Date | undefined;
  /** Where it breaks off, when more came later: PostgreSQL would take that for its end. */
  gap?: { after: string; missing: number };
}

const ROOT = 'pgbackrest';

/**
 * Reads the catalogue of the backups, encrypted as it is, and the names of the WAL beside it that follows the one to begin with: the
 * newest that ended before `at`, or the one that is named.
 */
export async function readRepository(
  from: ReadableBucket,
  cipher: string,
  ask: Ask,
  { at, backup }: { at?: Date | undefined; backup?: string | undefined } = {},
): Promise<Repository> {
  const path = `${ROOT}/backup/${stanza}/backup.info`;
  // Two of the same, so that one can be damaged.
  const files = [await findObject(from, path, ask), await findObject(from, `${path}.copy`, ask)];
  const there = files.filter((file) => file !== undefined);
  if (there.length === 0) {
    const { directories } = await listDirectory(from, `${ROOT}/backup/`, ask);
    return { problem: 'absent', stanzas: directories.map((each) => each.split('/').at(-2) ?? '') };
  }
  const text = there.map(({ bytes }) => decryptRepositoryFile(bytes, cipher)).find(isCatalogue);
  if (text === undefined) return { problem: 'closed' };
  const { db = {}, 'backup:current': current = {} } = sectionsOf(text);
  const major = String(db['db-version']);
  if (major !== postgresMajor) return { problem: 'major', major };
  const id = db['db-id'] as number;
  const backups = Object.entries(current as Record<string, BackupEntry>)
    // No moment of before an upgrade can be reached with what came after it.
    .filter(([, entry]) => entry['db-id'] === id)
    .map(([label, entry]) => ({
      label,
      ended: new Date(entry['backup-timestamp-stop'] * 1000),
      begins: entry['backup-archive-start'],
      bytes: entry['backup-info-size'],
    }))
    .sort((a, b) => +a.ended - +b.ended);
  const fits = backups.filter(({ ended }) => !at || +ended <= +at);
  const first = fits.find(({ label }) => label === backup) ?? fits.at(-1) ?? backups[0];
  const segments = await segmentsSince(
    from,
    `${ROOT}/archive/${stanza}/${major}-${id}/`,
    first?.begins ?? '',
    ask,
  );
  return { problem: undefined, backups, archive: replayable(segments) };
}

interface BackupEntry {
  'db-id': number;
  /** Seconds since 1970. */
  'backup-timestamp-stop': number;
  'backup-archive-start': string;
  'backup-info-size': number;
}

// Of another passphrase, padding may fit by chance: what comes out is no catalogue then.
const isCatalogue = (text: string | undefined): text is string => text?.includes('[backrest]') === true;

/** Sections of `key=value`, each value in JSON. */
function sectionsOf(text: string): Record<string, Record<string, unknown>> {
  const sections: Record<string, Record<string, unknown>> = {};
  let section: Record<string, unknown> = {};
  for (const line of text.split('\n')) {
    const [, name] = /^\[(.+)\]$/.exec(line) ?? [];
    const [, key, value = ''] = /^([^=]+)=(.+)$/.exec(line) ?? [];
    if (name !== undefined) {
      section = {};
      sections[name] = section;
    } else if (key !== undefined) section[key] = JSON.parse(value);
  }
  return sections;
}

interface Segment {
  name: string;
  stored: Date;
}

/** Directories are called after timeline and log, segments after those and their number: all of them sort by age. */
async function segmentsSince(
  from: ReadableBucket,
  path: string,
  begins: string,
  ask: Ask,
): Promise<Segment[]> {
  const { directories } = await listDirectory(from, path, ask);
  const found: Segment[] = [];
  for (const directory of directories.sort()) {
    if ((directory.split('/').at(-2) ?? '') < begins.slice(0, 16)) continue;
    const { objects } = await listDirectory(from, directory, ask);
    for (const { key, stored } of objects) {
      const [, name = ''] = /\/([0-9A-F]{24})-[0-9a-f]{40}/.exec(key) ?? [];
      if (name !== '' && name >= begins) found.push({ name, stored });
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const timeline = ({ name }: Segment) => name.slice(0, 8);
/** 256 segments of 16 MB to each number in the middle. */
const position = ({ name }: Segment) =>
  Number.parseInt(name.slice(8, 16), 16) * 256 + Number.parseInt(name.slice(16), 16);

/** Up to the first that is missing; where one timeline ends and the next begins is no gap. */
function replayable(segments: readonly Segment[]): Archive {
  const missingBefore = (index: number) => {
    const [before, segment] = [segments[index - 1], segments[index]];
    if (!before || !segment || timeline(before) !== timeline(segment)) return 0;
    return position(segment) - position(before) - 1;
  };
  const broken = segments.findIndex((_, index) => missingBefore(index) > 0);
  const whole = broken < 0 ? segments : segments.slice(0, broken);
  const last = whole.at(-1);
  if (!last) return { reaches: undefined };
  // What an older timeline wrote after the newest began is no part of its history.
  const own = whole.filter((segment) => timeline(segment) === timeline(last));
  const reaches = new Date(Math.max(...own.map(({ stored }) => +stored)));
  return broken < 0 ? { reaches } : { reaches, gap: { after: last.name, missing: missingBefore(broken) } };
}
