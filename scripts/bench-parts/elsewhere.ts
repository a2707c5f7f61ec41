import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, run } from '../../lab/machines/exec.ts';
import { labDir, paths } from '../../lab/paths.ts';
import { services } from '../../lab/services/addresses.ts';
import { ssh } from './machine.ts';

const script = readFileSync(new URL('./elsewhere.sh', import.meta.url), 'utf8');

/** Restores a stack's bucket on the lab's own host, while its machine is off: nothing but the bucket is left to it. */
export class Elsewhere {
  private readonly directory: string;
  private readonly name: string;
  private readonly stack: string;
  private image = '';
  private endpoint = '';

  constructor(stack: string) {
    this.stack = stack;
    this.name = `bench-elsewhere-${stack}`;
    this.directory = join(labDir, 'bench', stack);
  }

  /** The database's settings and keys as its machine has them, but for the way to the bucket. */
  async prepare(): Promise<void> {
    const archive = await ssh(this.stack, 'tar -C /etc/social.coop -cz postgres | base64 -w 0');
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const tar = join(this.directory, 'postgres.tar.gz');
    writeFileSync(tar, Buffer.from(archive.stdout.trim(), 'base64'));
    await run('tar', ['-C', this.directory, '-xzf', tar]);
    const config = join(this.directory, 'postgres', 'pgbackrest.conf');
    const theirs = readFileSync(config, 'utf8');
    this.endpoint = /^repo1-s3-endpoint=(.*)$/m.exec(theirs)?.[1] ?? '';
    const direct = theirs.replace(/^(repo1-storage-port)=.*$/m, '$1=443');
    writeFileSync(config, direct);
    const { postgres } = JSON.parse(readFileSync(paths.images, 'utf8'))[this.stack];
    this.image = (postgres as string).replace(services.registry.host, services.registry.v4);
    await docker(['pull', '--quiet', this.image], { timeoutMs: 300_000 });
  }

  /** Seconds since 1970 of the newest row that came back. */
  async newest(): Promise<number> {
    const data = join(this.directory, 'data');
    rmSync(data, { recursive: true, force: true });
    await run('install', [
      '-d',
      '-m',
      '0700',
      '-o',
      '5432',
      '-g',
      '5432',
      data,
      join(data, '17'),
      join(data, '17/data'),
    ]);
    const printed = await docker(
      [
        ...['run', '--rm', '--name', this.name, '--network', 'host', '--shm-size', '256m', '--init'],
        ...['--add-host', `${this.endpoint}:${services.s3.v4}`],
        ...['--tmpfs', '/run/postgresql:uid=5432,gid=5432,mode=0755'],
        ...['--env', 'PGBACKREST_CONFIG=/etc/social.coop/postgres/pgbackrest.conf'],
        ...['--volume', `${data}:/var/lib/postgresql`],
        ...['--volume', `${join(this.directory, 'postgres')}:/etc/social.coop/postgres:ro`],
        ...['--volume', `${paths.trust}:/etc/ssl/certs/ca-certificates.crt:ro`],
        ...[this.image, 'bash', '-c', script],
      ],
      { timeoutMs: 120_000 },
    );
    rmSync(data, { recursive: true, force: true });
    const newest = Number(/^newest (\S+)/m.exec(printed)?.[1] ?? 'none');
    if (Number.isNaN(newest)) throw new Error(`no newest row in: ${printed}`);
    return newest;
  }
}
