import { randomBytes } from 'node:crypto';
import type { Server } from 'node:https';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect } from 'vitest';
import { labFetch } from '../../../lab/client.ts';
import * as machines from '../../../lab/machines/index.ts';
import { paths } from '../../../lab/paths.ts';
import { gateway } from '../../../lab/services/addresses.ts';
import { ensureCa } from '../../../lab/services/ca.ts';
import { ensureDns, writeRecords } from '../../../lab/services/dns.ts';
import * as s3 from '../../../lab/services/s3-admin.ts';
import { ensureS3 } from '../../../lab/services/s3-service.ts';
import { ensureMail, ensurePeer } from '../../../lab/services/witnesses.ts';
import { standinContext } from '../../../lab/standin/build.ts';
import { type Ran, run } from './run.ts';
import { standinEnvironment } from './standin-environment.ts';
import { openFront } from './standin-front.ts';

const domain = 'standin.lab.test';
const bucket = { region: 'fra1', name: 'standin-test-media' };
const images = { app: 'coop-lab-standin-test', data: 'coop-lab-standin-data' };
const addresses = { data: '198.18.3.10', web: '198.18.3.11', streaming: '198.18.3.12' };
const prefix = 'coop-lab-standin-';

/** Every queue but the scheduler's. */
export const QUEUES = ['default', 'push', 'ingress', 'mailers', 'pull', 'fasp'];

/** Asks again for up to 20 seconds. */
export const patiently = <T>(ask: () => Promise<T> | T) =>
  expect.poll(ask, { timeout: 20_000, interval: 100 });

/** As `patiently`, where no test runs yet. */
async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`waited in vain for ${what}`);
}

async function docker(args: string[], seconds = 60): Promise<void> {
  const ran = await run(['docker', ...args], { seconds });
  if (ran.code !== 0)
    throw new Error(`docker ${args[0]} ended with ${ran.code}:\n${ran.output.slice(-3000)}`);
}

async function buildImages(): Promise<void> {
  const data = fileURLToPath(new URL('./standin-data', import.meta.url));
  const app = await standinContext(paths.cache('standin-test'));
  const build = ['build', '--quiet', '--network', 'host', '--tag'];
  await docker([...build, images.data, data], 600);
  await docker([...build, images.app, app], 600);
}

async function makeBucket(access: { accessKey: string; secretKey: string }): Promise<void> {
  if (await s3.bucketExists(bucket)) await s3.deleteBucket({ ...bucket, force: true });
  await s3.createBucket(bucket);
  await s3.createUser(access);
  await s3.setGrants(bucket, [{ accessKey: access.accessKey, permission: 'readwrite' }]);
}

/** The stand-in's image with a database, behind TLS, beside the lab's witnesses; no machine and no stack around it. */
export class StandinBed {
  readonly site = `https://${domain}`;
  readonly domain = domain;
  readonly access = {
    accessKey: randomBytes(10).toString('hex'),
    secretKey: randomBytes(20).toString('hex'),
  };
  readonly db = new pg.Pool({
    host: addresses.data,
    user: 'mastodon',
    password: 'secret',
    database: 'mastodon',
  });
  readonly redis = new Redis({ host: addresses.data, password: 'secret', lazyConnect: true });
  readonly environment = standinEnvironment({ domain, data: addresses.data, bucket, access: this.access });
  #front: Server | undefined;

  /** An instance that serves and works every queue but the scheduler's, open for registrations. */
  static async start(environment: Record<string, string> = {}): Promise<StandinBed> {
    await machines.ensureDocker();
    await machines.ensureBaseImage();
    await machines.ensureNetwork();
    await ensureCa();
    await Promise.all([ensureDns(), ensureS3(), ensureMail(), ensurePeer(), buildImages()]);
    const bed = new StandinBed();
    await bed.#removeContainers();
    await makeBucket(bed.access);
    await writeRecords([{ name: domain, type: 'A', content: gateway.v4 }]);
    await bed.#run('data', ['--ip', addresses.data, images.data]);
    bed.#front = await openFront(domain, addresses.web, addresses.streaming);
    const prepare = ['bundle', 'exec', 'rails', 'db:prepare'];
    await until('a prepared database', async () => (await bed.once(prepare, environment)).code === 0);
    await bed.web(environment);
    await bed.sidekiq('workers', QUEUES, environment);
    await bed.serve('streaming', ['node', './streaming/index.js'], environment);
    await bed.once(['bin/tootctl', 'settings', 'registrations', 'open'], environment);
    return bed;
  }

  #run(role: string, rest: string[]): Promise<void> {
    const named = ['--name', `${prefix}${role}`, '--label', 'coop.lab=1', '--network', 'coop-lab'];
    return docker(['run', '--detach', ...named, ...rest]);
  }

  #options(environment: Record<string, string>): string[] {
    const all = Object.entries({ ...this.environment, ...environment });
    const trust = ['--volume', `${paths.trust}:/etc/ssl/certs/ca-certificates.crt:ro`];
    return ['--dns', gateway.v4, ...trust, ...all.flatMap(([name, value]) => ['--env', `${name}=${value}`])];
  }

  /** Starts one process of the app; a process of that role that runs is ended first. */
  async serve(role: string, command: string[], environment: Record<string, string> = {}): Promise<void> {
    await run(['docker', 'rm', '--force', `${prefix}${role}`]);
    const fixed = role in addresses ? ['--ip', addresses[role as keyof typeof addresses]] : [];
    await this.#run(role, [...fixed, ...this.#options(environment), images.app, ...command]);
  }

  /** Starts the web process and waits until it is healthy; one that ends instead is an error with its last words. */
  async web(environment: Record<string, string> = {}): Promise<void> {
    await this.serve('web', ['bundle', 'exec', 'puma', '-C', 'config/puma.rb'], environment);
    for (let attempt = 0; attempt < 100; attempt++) {
      if ((await this.status('/health').catch(() => 0)) === 200) return;
      const state = await run(['docker', 'inspect', '-f', '{{.State.Running}}', `${prefix}web`]);
      if (state.stdout.trim() !== 'true') break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the web process is not healthy:\n${await this.logs('web')}`);
  }

  async sidekiq(role: string, queues: string[], environment: Record<string, string> = {}): Promise<void> {
    const options = queues.flatMap((queue) => ['-q', queue]);
    await this.serve(role, ['bundle', 'exec', 'sidekiq', '-c', '5', '-t', '2', ...options], environment);
    await until(
      `${role} to be ready`,
      async () => (await this.exec(role, 'test', '-f', '/tmp/ready')).code === 0,
    );
  }

  /** Runs a command of the image to its end. */
  once(command: string[], environment: Record<string, string> = {}): Promise<Ran> {
    const network = ['--network', 'coop-lab', '--label', 'coop.lab=1'];
    const options = [...network, ...this.#options(environment)];
    return run(['docker', 'run', '--rm', ...options, images.app, ...command], { seconds: 60 });
  }

  /** Puts a job on its queue as Sidekiq's client would; returns its text. */
  async enqueue(queue: string, name: string, args: unknown[]): Promise<string> {
    const jid = randomBytes(12).toString('hex');
    const text = JSON.stringify({ class: name, args, queue, retry: true, jid, created_at: Date.now() });
    await this.redis.lpush(`queue:${queue}`, text);
    return text;
  }

  async count(sql: string, values: unknown[] = []): Promise<number> {
    return Number((await this.db.query(`SELECT count(*) AS n FROM ${sql}`, values)).rows[0].n);
  }

  /** Authorization of the member who registered last. */
  async headers(): Promise<Record<string, string>> {
    const newest =
      'SELECT token FROM oauth_access_tokens WHERE resource_owner_id IS NOT NULL ORDER BY id DESC LIMIT 1';
    return { authorization: `Bearer ${(await this.db.query(newest)).rows[0].token}` };
  }

  status = async (path: string): Promise<number> =>
    (await labFetch(`${this.site}${path}`, { timeoutMs: 2000 })).status;
  stop = (role: string): Promise<Ran> => run(['docker', 'stop', `${prefix}${role}`]);
  exec = (role: string, ...command: string[]): Promise<Ran> =>
    run(['docker', 'exec', `${prefix}${role}`, ...command]);
  logs = async (role: string): Promise<string> => (await run(['docker', 'logs', `${prefix}${role}`])).output;

  /** What the web process said that was not ordinary, when a test failed. */
  async explain(state: string | undefined): Promise<void> {
    if (state !== 'fail') return;
    const lines = (await this.logs('web')).split('\n').filter((line) => !line.startsWith('INFO'));
    console.log(lines.slice(-40).join('\n'));
  }

  async #removeContainers(): Promise<void> {
    const { stdout } = await run(['docker', 'ps', '--all', '--quiet', '--filter', `name=^${prefix}`]);
    const ids = stdout.split('\n').filter(Boolean);
    if (ids.length > 0) await run(['docker', 'rm', '--force', '--volumes', ...ids]);
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await this.db.end();
    this.#front?.closeAllConnections();
    this.#front?.close();
    await this.#removeContainers();
    await writeRecords([]);
    await s3.deleteBucket({ ...bucket, force: true });
  }
}
