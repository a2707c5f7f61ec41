import { rm, writeFile } from 'node:fs/promises';
import type { App } from '../core/app.ts';
import { log } from '../core/log.ts';
import { openRedis } from '../core/redis.ts';
import { migrationGate } from '../schema/gate.ts';
import { fetchOrder, type SidekiqOptions } from './arguments.ts';
import { startHeartbeat, type Worked } from './heartbeat.ts';
import { startPoller } from './poller.ts';
import { process as processJob } from './processor.ts';
import { startTimers } from './timers.ts';
import { performer } from './workers.ts';

/** Works queues until told to stop; resolves when every job ended or went back to its queue. */
export async function runSidekiq(
  app: App,
  options: SidekiqOptions,
  signal: AbortSignal,
  quiet: AbortSignal,
): Promise<void> {
  const state: Worked = { busy: 0, quiet: false };
  const fetcher = openRedis(app.env);
  const running = new Set<string>();
  const gate = migrationGate(app.db, app.env);
  const perform = performer(app);
  await app.redis.ping();
  const signOff = await startHeartbeat(app, options, state);
  const stops = [startPoller(app)];
  if (options.queues.includes('scheduler')) stops.push(startTimers(app));
  if (app.env.readyFile) await writeFile(app.env.readyFile, '');
  log.info(
    `Starting processing: queues ${[...new Set(options.queues)].join(', ')}; concurrency ${options.concurrency}`,
  );

  let freed: () => void = () => undefined;
  const start = (text: string): void => {
    running.add(text);
    state.busy++;
    processJob(app, text, async (job) => {
      await gate();
      await perform(job);
    })
      .catch((error: Error) => log.error(`a job could not be filed: ${error.stack}`))
      .finally(() => {
        running.delete(text);
        state.busy--;
        freed();
      });
  };
  const over = AbortSignal.any([signal, quiet]);
  over.addEventListener('abort', () => {
    state.quiet = true;
    freed();
  });
  while (!over.aborted) {
    if (state.busy >= options.concurrency) {
      await new Promise<void>((resolve) => {
        freed = resolve;
      });
      continue;
    }
    const keys = fetchOrder(options).map((queue) => `queue:${queue}`);
    const found = await fetcher.brpop(keys, 1).catch(() => undefined);
    if (found) start(found[1]);
  }
  for (const stop of stops) stop();
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  await drain(app, options, running);
  await signOff();
  fetcher.disconnect();
  if (app.env.readyFile) await rm(app.env.readyFile, { force: true });
}

/** Waits for running jobs, then puts what still runs back on its queue: nothing is lost by a restart. */
async function drain(app: App, options: SidekiqOptions, running: Set<string>): Promise<void> {
  const deadline = Date.now() + options.timeout * 1000;
  while (running.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const text of running) {
    const queue = (JSON.parse(text) as { queue: string }).queue;
    await app.redis.rpush(`queue:${queue}`, text);
    log.warn(`put back on ${queue}: ${text.slice(0, 120)}`);
  }
}
