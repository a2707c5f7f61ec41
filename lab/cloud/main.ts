import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { serveMetadata } from '../machines/index.ts';
import { paths } from '../paths.ts';
import { createApi } from './api/server.ts';
import { cloudApi } from './api/variables.ts';
import { realBackends } from './real-backends.ts';
import { createCloud } from './server.ts';
import { Store } from './store.ts';

const store = await Store.open(paths.cloudState);
const { server, objects } = createCloud(store, realBackends, console.log);
objects
  .recover()
  .then((lines) => lines.forEach((line) => void console.log(`recovered: ${line}`)))
  .catch(console.error);
// Lifecycles are executed once a day, as at a cloud.
setInterval(() => realBackends.storage.applyLifecycle(new Date()).catch(console.error), 86_400_000).unref();
// Machines ask it for their user data, as at a cloud.
await serveMetadata();
await mkdir(dirname(paths.cloudSocket), { recursive: true });
await rm(paths.cloudSocket, { force: true });
// Whoever reaches the socket holds every account.
process.umask(0o077);
server.listen(paths.cloudSocket, () => console.log(`listening on ${paths.cloudSocket}`));
// With loopback's address alone nobody does anything: it takes a token, as at a cloud.
const api = createApi(store, objects, console.log);
api.listen(cloudApi.port, cloudApi.host);
process.once('SIGTERM', () => {
  api.close();
  server.close(() => store.save().finally(() => process.exit(0)));
});
