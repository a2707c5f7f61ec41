import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { docker, run } from '../../lab/machines/exec.ts';
import { paths } from '../../lab/paths.ts';
import { services } from '../../lab/services/addresses.ts';

const script = readFileSync(new URL('./elsewhere.sh', import.meta.url), 'utf8');

/** The image of the database in the lab's registry, as the lab's own host knows it. */
export async function databaseImage(stack: string): Promise<string> {
  const { postgres } = JSON.parse(readFileSync(paths.images, 'utf8'))[stack];
  const image = (postgres as string).replace(services.registry.host, services.registry.v4);
  await docker(['pull', '--quiet', image], { timeoutMs: 300_000 });
  return image;
}

/** Options of `docker run` for the database's image on the lab's own host: settings, data, and the way to the bucket. */
export const onLabHost = (settings: string, data: string, endpoint: string): string[] => [
  ...['--network', 'host', '--shm-size', '256m', '--init'],
  ...['--add-host', `${endpoint}:${services.s3.v4}`],
  ...['--tmpfs', '/run/postgresql:uid=5432,gid=5432,mode=0755'],
  ...['--env', 'PGBACKREST_CONFIG=/etc/social.coop/postgres/pgbackrest.conf'],
  ...['--volume', `${data}:/var/lib/postgresql`],
  ...['--volume', `${settings}:/etc/social.coop/postgres:ro`],
  ...['--volume', `${paths.trust}:/etc/ssl/certs/ca-certificates.crt:ro`],
];

export async function emptyData(data: string): Promise<void> {
  rmSync(data, { recursive: true, force: true });
  const places = [data, join(data, '17'), join(data, '17/data')];
  await run('install', ['-d', '-m', '0700', '-o', '5432', '-g', '5432', ...places]);
}

/** Restores a bucket on the lab's own host, while its source is off: nothing but the bucket is left to it. */
export class Elsewhere {
  private readonly image: string;
  private readonly settings: string;
  private readonly data: string;
  private readonly endpoint: string;

  /** `settings`: a directory with what the source has in /etc/social.coop/postgres. */
  constructor(image: string, settings: string) {
    this.image = image;
    this.settings = settings;
    this.data = `${settings}.elsewhere`;
    const config = readFileSync(join(settings, 'pgbackrest.conf'), 'utf8');
    this.endpoint = /^repo1-s3-endpoint=(.*)$/m.exec(config)?.[1] ?? '';
  }

  /** Seconds since 1970 of the newest row that came back. */
  async newest(): Promise<number> {
    await emptyData(this.data);
    const where = onLabHost(this.settings, this.data, this.endpoint);
    const printed = await docker(['run', '--rm', ...where, this.image, 'bash', '-c', script], {
      timeoutMs: 120_000,
    });
    rmSync(this.data, { recursive: true, force: true });
    const newest = Number(/^newest (\S+)/m.exec(printed)?.[1] ?? 'none');
    if (Number.isNaN(newest)) throw new Error(`no newest row in: ${printed}`);
    return newest;
  }
}
