import { one, type Queryable } from '../core/db.ts';
import type { Env } from '../core/env.ts';

/** 4.4 still writes settings that may belong to a thing; 4.5 no longer names those columns. */
const global = (env: Env): string =>
  env.version.minor <= 404 ? ' AND thing_type IS NULL AND thing_id IS NULL' : '';

export async function readSetting(db: Queryable, env: Env, name: string, fallback: string): Promise<string> {
  const row = await one(db, `SELECT value FROM settings WHERE var = $1${global(env)}`, [name]);
  return row ? (row.value as string) : fallback;
}

export async function writeSetting(db: Queryable, env: Env, name: string, value: string): Promise<void> {
  const extra = env.version.minor <= 404 ? ', thing_type, thing_id' : '';
  const nulls = extra ? ', NULL, NULL' : '';
  await db.query(
    `INSERT INTO settings (var, value${extra}) VALUES ($1, $2${nulls})
      ON CONFLICT (var) DO UPDATE SET value = excluded.value, updated_at = now()`,
    [name, value],
  );
}

export type RegistrationsMode = 'open' | 'approved' | 'none';

export async function registrationsMode(db: Queryable, env: Env): Promise<RegistrationsMode> {
  const value = await readSetting(db, env, 'registrations_mode', 'none');
  return value === 'open' || value === 'approved' ? value : 'none';
}
