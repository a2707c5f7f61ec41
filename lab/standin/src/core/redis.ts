import { Redis } from 'ioredis';
import type { Env } from './env.ts';
import { log } from './log.ts';

/** One connection; blocking readers and subscribers need one of their own. */
export function openRedis(env: Env): Redis {
  const redis = new Redis({
    host: env.redis.host,
    port: env.redis.port,
    password: env.redis.password,
    db: env.redis.db,
    // a job that runs while Redis restarts waits instead of failing
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 2000),
  });
  let down = false;
  redis.on('error', (error: Error) => {
    if (!down) log.warn(`Redis unreachable: ${error.message}`);
    down = true;
  });
  redis.on('ready', () => {
    down = false;
  });
  return redis;
}

export type { Redis };
