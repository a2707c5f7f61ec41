import { postgresMajor, stanza } from '../../../components/host/postgres.ts';
import { type Ask, findObject, listDirectory, type ReadableBucket } from './bucket.ts';
import { decryptRepositoryFile } from './repository-cipher.ts';

export interface RepositoryBackup {
  label: string;
  /** From here on the database can be brought back. */
  ended: Date;
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
      /** When the newest segment of WAL arrived; undefined without one. */
      archived: Date | undefined;
    };

const ROOT = 'pgbackrest';

/** Reads the catalogue of the backups, encrypted as it is, and the names of the newest WAL beside it. */
export async function readRepository(from: ReadableBucket, cipher: string, ask: Ask): Promise<Repository> {
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
    .map(([label, entry]) => ({ label, ended: new Date(entry['backup-timestamp-stop'] * 1000) }))
    .sort((a, b) => +a.ended - +b.ended);
  const archived = await newestSegment(from, `${ROOT}/archive/${stanza}/${major}-${id}/`, ask);
  return { problem: undefined, backups, archived };
}

interface BackupEntry {
  'db-id': number;
  /** Seconds since 1970. */
  'backup-timestamp-stop': number;
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

/** Directories are called after timeline and log, so that the last is of the newest history. */
async function newestSegment(from: ReadableBucket, path: string, ask: Ask): Promise<Date | undefined> {
  const { directories } = await listDirectory(from, path, ask);
  for (const directory of directories.sort().reverse()) {
    const { objects } = await listDirectory(from, directory, ask);
    const segments = objects.filter(({ key }) => /\/[0-9A-F]{24}-[0-9a-f]{40}/.test(key));
    if (segments.length > 0) return new Date(Math.max(...segments.map(({ stored }) => +stored)));
  }
  return undefined;
}
