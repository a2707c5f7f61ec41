import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { paths } from '../paths.ts';
import { services } from './addresses.ts';
import { ensureLeaf } from './ca.ts';
import { findProgram } from './find-program.ts';
import { listening } from './listening.ts';
import { alivePid, ensureProcess, waitReady } from './process.ts';

/** Where pushed images stay between runs of the lab. */
export const registryStorage = paths.cache('registry');

/** Starts Debian's docker-registry with TLS; its storage outlives the lab, so that nothing is pushed twice. */
export async function ensureRegistry(
  address: string = services.registry.v4,
  port = 443,
  storage = registryStorage,
): Promise<void> {
  const leaf = await ensureLeaf('registry', [services.registry.host], [services.registry.v4]);
  if (alivePid('registry') === undefined) bound(storage);
  mkdirSync(storage, { recursive: true });
  mkdirSync(paths.registry, { recursive: true });
  const config = stringify({
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: { addr: `${address}:${port}`, tls: { certificate: leaf.cert, key: leaf.key } },
  });
  const file = join(paths.registry, 'config.yml');
  writeFileSync(file, config);
  await ensureProcess({
    name: 'registry',
    command: await findProgram('docker-registry', 'docker-registry'),
    args: ['serve', file],
    env: { OTEL_TRACES_EXPORTER: 'none', GOMEMLIMIT: '64MiB' },
    config: config + leaf.pem,
  });
  await waitReady('registry', () => listening(address, port));
}

const mostBytes = 6e9;

/** Every edit of an image leaves its old layers behind: when they are too many, the cache begins anew. */
export function bound(storage: string, most = mostBytes): void {
  if (!existsSync(storage)) return;
  const files = readdirSync(storage, { recursive: true, encoding: 'utf8' });
  const bytes = files.reduce((sum, file) => sum + statSync(join(storage, file)).size, 0);
  if (bytes > most) rmSync(storage, { recursive: true, force: true });
}
