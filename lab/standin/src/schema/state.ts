import { many, one, type Queryable } from '../core/db.ts';
import type { SchemaState } from './plan.ts';

export async function readState(db: Queryable): Promise<SchemaState> {
  const present = await one(
    db,
    `SELECT to_regclass('schema_migrations') IS NOT NULL AND to_regclass('ar_internal_metadata') IS NOT NULL AS yes`,
  );
  if (!present?.yes) return { applied: new Set(), finished: 0 };
  const versions = await many(db, 'SELECT version FROM schema_migrations');
  const finished = await one(db, `SELECT value FROM ar_internal_metadata WHERE key = 'finished_minor'`);
  return {
    applied: new Set(versions.map((row) => row.version as string)),
    finished: Number(finished?.value ?? 0),
  };
}

export async function createBookkeeping(db: Queryable): Promise<void> {
  await db.query('CREATE TABLE IF NOT EXISTS schema_migrations (version varchar PRIMARY KEY)');
  await db.query(
    `CREATE TABLE IF NOT EXISTS ar_internal_metadata (key varchar PRIMARY KEY, value varchar,
      created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now())`,
  );
  await setMetadata(db, 'environment', 'production');
}

export async function setMetadata(db: Queryable, key: string, value: string): Promise<void> {
  await db.query(
    `INSERT INTO ar_internal_metadata (key, value) VALUES ($1, $2)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()`,
    [key, value],
  );
}
