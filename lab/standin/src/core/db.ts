import pg from 'pg';
import type { Env } from './env.ts';
import { log } from './log.ts';

export type Db = pg.Pool;
// biome-ignore lint/suspicious/noExplicitAny: a row has the columns its query names
export type Row = Record<string, any>;
/** A pool or one client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

// timestamp without time zone holds UTC, as Rails writes it
pg.types.setTypeParser(1114, (value) => new Date(`${value.replace(' ', 'T')}Z`));

/** Connection pool of one process; never more than `size` connections. */
export function openDb(env: Env, size: number, database = env.db.name): Db {
  const pool = new pg.Pool({
    host: env.db.host,
    port: env.db.port,
    user: env.db.user,
    password: env.db.password,
    database,
    max: Math.max(1, size),
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    ssl: env.db.ssl ? { rejectUnauthorized: false } : undefined,
    application_name: process.title.slice(0, 60),
    options: '-c timezone=UTC',
  });
  // an idle connection that the server closed must not end the process
  pool.on('error', (error) => log.warn(`database connection lost: ${error.message}`));
  return pool;
}

export async function many(db: Queryable, sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await db.query(sql, values)).rows as Row[];
}

export async function one(db: Queryable, sql: string, values: unknown[] = []): Promise<Row | undefined> {
  return (await many(db, sql, values))[0];
}

/** Runs `work` in one transaction; any error rolls it back. */
export async function transaction<T>(db: Db, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await db.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    const broken = await client.query('ROLLBACK').then(
      () => undefined,
      (lost: Error) => lost,
    );
    client.release(broken);
    throw error;
  }
}
