import { closeApp, openApp } from '../core/app.ts';
import { readEnv } from '../core/env.ts';
import { Problem } from '../core/problem.ts';
import { parseSidekiq } from '../jobs/arguments.ts';
import { runSidekiq } from '../jobs/sidekiq.ts';
import { refuseForeignSchema } from '../schema/gate.ts';
import { stopSignal } from './run.ts';

/** `sidekiq -c N -q QUEUE…`: one worker process. */
export async function sidekiq(args: string[]): Promise<void> {
  const options = parseSidekiq(args);
  const env = readEnv(process.env);
  process.title = 'sidekiq 8.0.9 mastodon';
  if (env.fault === 'boot')
    throw new Problem("this image does not start — built with the fault 'boot' — build it without");
  const quiet = new AbortController();
  process.on('SIGTSTP', () => quiet.abort());
  const stop = stopSignal();
  const app = openApp(env, env.db.pool ?? options.concurrency);
  await refuseForeignSchema(app.db, env);
  await runSidekiq(app, options, stop, quiet.signal);
  await closeApp(app);
  // a job that was put back still runs here: it must not end twice
  process.exit(0);
}
