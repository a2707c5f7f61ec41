import { VisibleError } from '../../../../components/errors.ts';
import { size as bytesShown, duration } from '../../report/words.ts';
import { type DumpFormat, type DumpHeader, HEAD_BYTES, majorOf, recognise } from './header.ts';
import type { DumpObject, DumpObjects } from './objects.ts';
import type { DumpPlace } from './place.ts';
import { shown } from './place.ts';

/** One dump, whole or not: only who reads it to its end knows. */
export interface Dump extends DumpHeader {
  format: Exclude<DumpFormat, 'globals'>;
  /** Of its object; a directory ends with `/`. */
  key: string;
  bytes: number;
  at: Date;
}

/** Major version of the copy's PostgreSQL: host/…/postgres. */
export const POSTGRES = 17;

/** Dumps are made once a day: what is older than that and two hours is stale. */
export const STALE_HOURS = 26;

/** More are not looked into: who has a year of dumps there wants the newest. */
const LOOKED_AT = 30;

export const isStale = ({ at }: Pick<Dump, 'at'>, now = new Date()): boolean =>
  +now - +at > STALE_HOURS * 3_600_000;

/** What was to be a dump and is none that could be restored. */
export interface NoDump {
  key: string;
  bytes: number;
  at: Date;
  why: string;
}

export interface Found {
  /** The newest first. */
  dumps: Dump[];
  others: NoDump[];
}

/** Everything under the prefix that begins as a dump; refuses a place where there is nothing to restore. */
export async function findDumps(objects: DumpObjects, place: DumpPlace): Promise<Found> {
  const all = await objects.list();
  if (all.length === 0)
    throw new VisibleError(
      `nothing there — ${shown(place)} — no object begins with that; see what the bucket holds, and name the folder; nothing was made`,
    );
  const dumps: Dump[] = [];
  const others: NoDump[] = [];
  const groups = grouped(all);
  for (const { key, bytes, at, first } of groups.slice(0, LOOKED_AT)) {
    // A range of nothing is an error to S3.
    const found = bytes === 0 ? 'it is empty' : recognise(await objects.head(first, HEAD_BYTES), bytes);
    const other = (why: string) => others.push({ key, bytes, at, why });
    if (typeof found !== 'object') other(found ?? '');
    else if (found.format === 'globals') other('roles of a cluster, and no database');
    else if (found.format === 'directory' && !key.endsWith('/'))
      other('a directory of pg_dump that is no folder: toc.dat and its files belong into one of their own');
    else dumps.push({ ...found, format: found.format, key, bytes, at });
  }
  const newest = dumps[0];
  if (!newest)
    throw new VisibleError(
      `no dump there — ${shown(place)} — ${howMany(groups.length)} is of pg_dump or pg_dumpall: ${others.slice(0, 5).map(namesNoDump).join(', ')}; nothing was made`,
    );
  refuseNewer(newest, place);
  // What nobody would take for a dump is not worth a word.
  return { dumps, others: others.filter(({ why }) => why !== '') };
}

const howMany = (there: number): string =>
  there > LOOKED_AT
    ? `only the newest ${LOOKED_AT} of ${there} object(s) were looked into (a narrower prefix reaches the others), and none`
    : `${there} object(s), and none`;

export const namesNoDump = ({ key, why }: NoDump): string => (why ? `${key} (${why})` : key);

interface Group extends DumpObject {
  /** The object that says what it is. */
  first: string;
}

/** Single files, and directories of pg_dump, which hold a toc.dat; the newest first. */
export function grouped(all: readonly DumpObject[]): Group[] {
  const directories = all
    .filter(({ key }) => /(^|\/)toc\.dat$/.test(key))
    .map(({ key }) => key.slice(0, -'toc.dat'.length))
    // A bucket's root can be no dump's own directory: what else is there could not be told from it.
    .filter((directory) => directory !== '');
  const home = (key: string) => directories.find((directory) => key.startsWith(directory));
  const groups = new Map<string, Group>();
  for (const object of all) {
    const directory = home(object.key);
    const key = directory ?? object.key;
    const known = groups.get(key);
    if (!known) groups.set(key, { ...object, key, first: directory ? `${directory}toc.dat` : object.key });
    else {
      known.bytes += object.bytes;
      if (object.at > known.at) known.at = object.at;
    }
  }
  return [...groups.values()].sort((a, b) => +b.at - +a.at || (a.key < b.key ? 1 : -1));
}

/** PostgreSQL reads what older versions wrote, not the other way round. */
function refuseNewer({ key, server, dumper, archive }: Dump, place: DumpPlace): void {
  const major = Math.max(0, ...[server, dumper].map((version) => Number(majorOf(version ?? '')) || 0));
  const minor = Number(archive?.split('.')[1] ?? 0);
  if (major <= POSTGRES && minor <= 16) return;
  throw new VisibleError(
    `made by a newer PostgreSQL (${major > POSTGRES ? major : `archive ${archive}`}) — ${key} in ${shown(place)} — the copy runs ${POSTGRES}, which reads nothing newer; nothing was made`,
  );
}

/** What a database of that dump may take on the disk: a guess, on the large side. Text and its indexes, or what was compressed. */
export function databaseBytes({ format, compression, bytes }: Dump): number {
  const archived = format === 'custom' || format === 'directory';
  return bytes * (archived || compression !== 'none' ? 8 : 2);
}

/** The copy holds the dump beside the database that it becomes. */
export const roomFor = (dumps: readonly Dump[]): number =>
  Math.max(...dumps.map((dump) => databaseBytes(dump) + dump.bytes));

/** One line for people. */
export function describeDump(dump: Dump, now = new Date()): string {
  const { key, format, compression, server, bytes, at } = dump;
  const age = duration(Math.max(0, +now - +at) / 1000);
  return [
    key,
    format === 'sql' ? 'SQL' : format === 'cluster' ? 'SQL of a whole cluster' : format,
    ...(compression === 'none' ? [] : [compression]),
    ...(server ? [`PostgreSQL ${server}`] : []),
    bytesShown(bytes),
    `${age} old${isStale(dump, now) ? `: stale, more than ${STALE_HOURS} h` : ''}`,
  ].join(', ');
}
