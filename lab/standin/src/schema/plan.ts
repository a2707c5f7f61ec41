import { Problem } from '../core/problem.ts';
import { minorName, type Version } from '../core/version.ts';
import { hometown } from './hometown.ts';
import type { Migration } from './migration.ts';
import { v404 } from './v404.ts';
import { v405 } from './v405.ts';
import { v406 } from './v406.ts';

const ALL: Migration[] = [...v404, ...v405, ...v406];

/** Oldest and newest minor this stand-in can act as. */
export const OLDEST = 404;
export const NEWEST = Math.max(...ALL.map((migration) => migration.minor));

/** Migrations the code of this version carries, in the order they run; a newer minor than known has the newest's. */
export function migrationsOf(version: Version): Migration[] {
  if (version.minor < OLDEST)
    throw new Problem(
      `version ${version.full} is too old — MASTODON_STANDIN_VERSION — the stand-in knows ${minorName(OLDEST)} and later`,
    );
  const known = version.hometown ? [...ALL, ...hometown] : ALL;
  return known
    .filter((migration) => migration.minor <= version.minor)
    .sort((a, b) => a.version.localeCompare(b.version));
}

export interface SchemaState {
  applied: ReadonlySet<string>;
  /** Newest minor whose post-deployment migrations ran; 0 on an empty database. */
  finished: number;
}

/** What still has to run; `skipPost` leaves out the second phase. */
export function pending(version: Version, state: SchemaState, skipPost: boolean): Migration[] {
  return migrationsOf(version).filter(
    (migration) => !state.applied.has(migration.version) && !(skipPost && migration.phase === 'post'),
  );
}

/** Why this code may not touch a schema in this state; undefined when it may. */
export function refusal(version: Version, state: SchemaState): string | undefined {
  const minor = minorName(Math.min(version.minor, NEWEST));
  if (state.finished > version.minor)
    return `the database was already migrated to ${minorName(state.finished)}, past the point where ${minor} can use it — database — run ${minorName(state.finished)} or restore a backup from before`;
  if (state.applied.size === 0) return undefined;
  const owed = ALL.find(
    (migration) => migration.minor < Math.min(version.minor, NEWEST) && !state.applied.has(migration.version),
  );
  if (owed)
    return `the database still lacks ${owed.phase === 'post' ? 'post-deployment ' : ''}migration ${owed.version} ${owed.name} of ${minorName(owed.minor)} — database — pass through ${minorName(owed.minor)} completely first`;
  return undefined;
}
