import { once } from 'node:events';
import { closeApp, openApp } from '../core/app.ts';
import { readEnv } from '../core/env.ts';
import { log } from '../core/log.ts';
import { Problem } from '../core/problem.ts';
import { refuseForeignSchema } from '../schema/gate.ts';
import { createWebServer } from '../web/server.ts';
import { aborted, stopSignal } from './run.ts';

/** `puma`: the web process. One Node process serves what Puma's workers and threads would. */
export async function puma(): Promise<void> {
  const env = readEnv(process.env);
  process.title = 'puma 6.6.1 (tcp://0.0.0.0:3000) [mastodon]';
  if (env.fault === 'boot')
    throw new Problem("this image does not start — built with the fault 'boot' — build it without");
  const stop = stopSignal();
  // as many connections as Puma's workers would open together
  const app = openApp(env, (env.db.pool ?? env.web.threads) * Math.max(1, env.web.workers));
  await refuseForeignSchema(app.db, env);
  const server = createWebServer(app);
  server.listen(env.web.port, env.web.bind);
  await once(server, 'listening');
  log.info(`Mastodon stand-in ${env.version.full} listening on http://${env.web.bind}:${env.web.port}`);
  await aborted(stop);
  log.info('stopping: finishing what runs');
  server.close();
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), 20_000);
  await once(server, 'close');
  clearTimeout(late);
  await closeApp(app);
}
