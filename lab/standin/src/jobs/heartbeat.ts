import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { App } from '../core/app.ts';
import { log } from '../core/log.ts';
import type { SidekiqOptions } from './arguments.ts';

export interface Worked {
  busy: number;
  quiet: boolean;
}

/** Announces this process under Sidekiq's own keys every 10 s; returns how to sign off. */
export async function startHeartbeat(
  app: App,
  options: SidekiqOptions,
  state: Worked,
): Promise<() => Promise<void>> {
  const identity = `${hostname()}:${process.pid}:${randomBytes(6).toString('hex')}`;
  const info = JSON.stringify({
    hostname: hostname(),
    started_at: Date.now() / 1000,
    pid: process.pid,
    tag: 'mastodon',
    concurrency: options.concurrency,
    queues: [...new Set(options.queues)],
    weights: [weights(options.queues)],
    labels: ['standin'],
    identity,
    version: '8.0.9',
  });
  const beat = async (): Promise<void> => {
    await app.redis
      .multi()
      .sadd('processes', identity)
      .hset(
        identity,
        'info',
        info,
        'busy',
        state.busy,
        'beat',
        Date.now() / 1000,
        'quiet',
        String(state.quiet),
        'rss',
        Math.round(process.memoryUsage().rss / 1024),
        'rtt_us',
        0,
      )
      .expire(identity, 60)
      .exec();
    process.title = `sidekiq 8.0.9 mastodon [${state.busy} of ${options.concurrency} ${state.quiet ? 'stopping' : 'busy'}]`;
  };
  await beat();
  const timer = setInterval(
    () => void beat().catch((error: Error) => log.warn(`heartbeat: ${error.message}`)),
    10_000,
  );
  return async () => {
    clearInterval(timer);
    await app.redis.multi().srem('processes', identity).unlink(identity, `${identity}:work`).exec();
  };
}

function weights(queues: string[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const queue of queues) counted[queue] = (counted[queue] ?? 0) + 1;
  return counted;
}
