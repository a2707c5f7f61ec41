import type { App } from '../core/app.ts';
import { log } from '../core/log.ts';
import { pushJob } from './enqueue.ts';
import { decodeJob } from './job.ts';

/** Moves what is due in `schedule` and `retry` onto its queue; whoever removes an entry owns it. */
export async function moveDue(app: App): Promise<number> {
  let moved = 0;
  for (const set of ['retry', 'schedule']) {
    for (;;) {
      const [text] = await app.redis.zrangebyscore(set, '-inf', Date.now() / 1000, 'LIMIT', 0, 1);
      if (text === undefined) break;
      if ((await app.redis.zrem(set, text)) === 0) continue;
      const job = decodeJob(text);
      if (job) await pushJob(app.redis, job);
      moved++;
    }
  }
  return moved;
}

/** Starts polling every few seconds; returns how to stop. */
export function startPoller(app: App): () => void {
  let timer: NodeJS.Timeout;
  const next = (): void => {
    // spread over processes, so that they do not all ask at once
    const wait = (2500 + Math.random() * 5000) / app.env.speed;
    timer = setTimeout(() => {
      moveDue(app)
        .catch((error: Error) => log.warn(`polling the schedule failed: ${error.message}`))
        .finally(next);
    }, wait);
  };
  next();
  return () => clearTimeout(timer);
}
