import { once } from 'node:events';
import { closeApp, openApp } from '../core/app.ts';
import { readEnv } from '../core/env.ts';
import { log } from '../core/log.ts';
import { createStreamingServer } from '../streaming/server.ts';
import { aborted, run, stopSignal } from './run.ts';

run(async () => {
  const env = readEnv(process.env);
  const stop = stopSignal();
  const app = openApp(env, env.db.pool ?? 10);
  const server = createStreamingServer(app);
  server.listen(env.streaming.port, env.streaming.bind);
  await once(server, 'listening');
  log.info(
    `streaming stand-in ${env.version.full} listening on http://${env.streaming.bind}:${env.streaming.port}`,
  );
  await aborted(stop);
  // streams never end by themselves
  server.close();
  server.closeAllConnections();
  await closeApp(app);
  process.exit(0);
});
