import type { App } from '../core/app.ts';
import { log, withTag } from '../core/log.ts';
import type { Redis } from '../core/redis.ts';
import { decodeJob, encodeJob, type Job, retriesOf, retryDelay } from './job.ts';

export type Perform = (job: Job) => Promise<void>;

const DEAD_MAX = 10_000;

/** Runs one job as Sidekiq does: counts it, and puts a failed one into `retry`, or `dead` when its tries are used up. */
export async function process(app: App, text: string, perform: Perform): Promise<void> {
  const job = decodeJob(text);
  if (!job) {
    await bury(app.redis, text);
    return;
  }
  await withTag(job.tag ?? job.jid, async () => {
    const started = performance.now();
    try {
      await perform(job);
      log.info(`class=${job.class} queue=${job.queue} jid=${job.jid} done ${seconds(started)}`);
    } catch (error) {
      const failure = error as Error;
      log.warn(
        `class=${job.class} queue=${job.queue} jid=${job.jid} fail ${seconds(started)} ${failure.name}: ${failure.message}`,
      );
      await reschedule(app, job, failure);
    }
    await count(app.redis, job, false);
  });
}

const seconds = (started: number): string => `${((performance.now() - started) / 1000).toFixed(3)}s`;

/** Sidekiq's counters, and one of ours per queue so that a queue nobody works shows. */
async function count(redis: Redis, job: Job, failed: boolean): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const name = failed ? 'failed' : 'processed';
  const batch = redis.multi().incr(`stat:${name}`).incr(`stat:${name}:${day}`);
  if (!failed) batch.hincrby('standin:worked', job.queue, 1);
  await batch.exec();
}

async function reschedule(app: App, job: Job, error: Error): Promise<void> {
  await count(app.redis, job, true);
  const first = job.retry_count === undefined;
  const tries = first ? 0 : (job.retry_count as number) + 1;
  const failed: Job = {
    ...job,
    error_class: error.name,
    error_message: error.message.slice(0, 10_000),
    retry_count: tries,
    ...(first ? { failed_at: Date.now() } : { retried_at: Date.now() }),
  };
  if (tries < retriesOf(job)) {
    const at = Date.now() / 1000 + retryDelay(tries) / app.env.speed;
    await app.redis.zadd('retry', at, encodeJob(failed));
  } else if (job.retry !== false && retriesOf(job) > 0) {
    await bury(app.redis, encodeJob(failed));
  }
}

async function bury(redis: Redis, text: string): Promise<void> {
  await redis
    .multi()
    .zadd('dead', Date.now() / 1000, text)
    .zremrangebyrank('dead', 0, -DEAD_MAX)
    .exec();
}
