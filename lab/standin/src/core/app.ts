import { openStorage, type Storage } from '../s3/storage.ts';
import { type Db, openDb } from './db.ts';
import type { Env } from './env.ts';
import { openRedis, type Redis } from './redis.ts';

/** What every part of one process shares. */
export interface App {
  env: Env;
  db: Db;
  redis: Redis;
  storage: Storage;
  /** `https://WEB_DOMAIN`, the root of every address this instance gives out. */
  origin: string;
}

export function openApp(env: Env, poolSize: number): App {
  return {
    env,
    db: openDb(env, poolSize),
    redis: openRedis(env),
    storage: openStorage(env),
    origin: `https://${env.webDomain}`,
  };
}

export async function closeApp(app: App): Promise<void> {
  app.redis.disconnect();
  await app.db.end();
}
