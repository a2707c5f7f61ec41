import { type Db, type Queryable, transaction } from '../core/db.ts';
import type { Env } from '../core/env.ts';
import { Problem } from '../core/problem.ts';
import type { Migration } from './migration.ts';
import { NEWEST, pending, refusal } from './plan.ts';
import { createBookkeeping, readState, setMetadata } from './state.ts';

/** Any constant: it keeps two migrators on one database apart, as Rails' own lock does. */
const LOCK = 7_283_460_114;

/** Runs what is pending, one transaction each, printing as Rails does; returns how many ran. */
export async function migrate(
  db: Db,
  env: Env,
  skipPost: boolean,
  print: (line: string) => void,
): Promise<number> {
  const client = await db.connect();
  try {
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS got', [LOCK]);
    if (!rows[0].got)
      throw new Problem(
        'another migration is running — database — wait for it to end, then run db:migrate again',
      );
    const state = await readState(client);
    const reason = refusal(env.version, state);
    if (reason) throw new Problem(reason);
    await createBookkeeping(client);
    const todo = pending(env.version, state, skipPost);
    for (const migration of todo) await apply(db, env, migration, print);
    if (!skipPost) await setMetadata(client, 'finished_minor', String(Math.min(env.version.minor, NEWEST)));
    return todo.length;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    client.release();
  }
}

async function apply(db: Db, env: Env, migration: Migration, print: (line: string) => void): Promise<void> {
  const title = `${migration.version} ${migration.name}`;
  const started = performance.now();
  print(`== ${title}: migrating ==`);
  await transaction(db, async (client: Queryable) => {
    for (const statement of migration.sql) await client.query(statement);
    const fault = migration.phase === 'post' ? 'post-migrate' : 'migrate';
    // a fault belongs to the release that carries it: what older releases did stays done
    if (env.fault === fault && migration.minor === Math.min(env.version.minor, NEWEST))
      throw new Problem(
        `migration ${title} fails — image built with the fault '${fault}' — build it without`,
      );
    await client.query('INSERT INTO schema_migrations (version) VALUES ($1)', [migration.version]);
  });
  print(`== ${title}: migrated (${((performance.now() - started) / 1000).toFixed(4)}s) ==`);
}
