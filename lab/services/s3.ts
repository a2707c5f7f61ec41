import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goTool } from '../engine/go-tool.ts';
import { paths } from '../paths.ts';
import { alivePid, ensureProcess, waitReady } from './process.ts';
import type { Credentials } from './sigv4.ts';

/** The gateway's own key; it opens everything and never leaves the lab directory. */
export function rootKeys(): Credentials {
  const file = join(paths.s3, 'root.json');
  if (!existsSync(file)) {
    mkdirSync(paths.s3, { recursive: true, mode: 0o700 });
    const keys = {
      accessKey: `LABROOT${randomBytes(6).toString('hex')}`,
      secretKey: randomBytes(24).toString('hex'),
    };
    writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
}

export const regionDir = (region: string) => join(paths.s3, region);
export const regionSocket = (region: string) => join(paths.run, `s3-${region}.sock`);

/** The gateway's binary, built from its Go module where the cache lacks it. */
export const ensureVersitygw = (say?: (line: string) => void): Promise<string> =>
  goTool(fileURLToPath(new URL('./versitygw', import.meta.url)), 'versitygw', say ? { say } : {});

const starting = new Map<string, Promise<void>>();

/** Makes sure that a region has a gateway: buckets live in a region, keys in all of them. */
export async function ensureGateway(region: string): Promise<void> {
  if (alivePid(`s3-${region}`) === undefined) await startGateway(region);
}

/** Starts a region's gateway, or starts it anew when it is to run differently. */
export function startGateway(region: string): Promise<void> {
  const pending = starting.get(region) ?? start(region).finally(() => starting.delete(region));
  starting.set(region, pending);
  return pending;
}

async function start(region: string): Promise<void> {
  const name = `s3-${region}`;
  const socket = regionSocket(region);
  const dirs = ['data', 'versions'].map((dir) => join(regionDir(region), dir));
  for (const dir of [...dirs, join(paths.s3, 'iam'), paths.run]) mkdirSync(dir, { recursive: true });
  const keys = rootKeys();
  await ensureProcess({
    name,
    command: await ensureVersitygw(),
    args: [
      ...[
        '--port',
        socket,
        '--socket-perm',
        '0600',
        '--region',
        region,
        '--quiet',
        '--keep-alive',
        '--health',
        '/health',
      ],
      ...['--iam-dir', join(paths.s3, 'iam'), '--iam-cache-disable'],
      ...['posix', '--versioning-dir', dirs[1] as string, dirs[0] as string],
    ],
    // GOGC: the lab would rather have the memory than the speed.
    env: {
      ROOT_ACCESS_KEY_ID: keys.accessKey,
      ROOT_SECRET_ACCESS_KEY: keys.secretKey,
      GOMEMLIMIT: '96MiB',
      GOGC: '50',
    },
    cwd: regionDir(region),
    before: () => rmSync(socket, { force: true }),
  });
  await waitReady(name, () => healthy(socket));
}

function healthy(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const req = request({ socketPath, path: '/health', timeout: 1000 }, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    req.on('error', () => resolve(false)).on('timeout', () => req.destroy());
    req.end();
  });
}
