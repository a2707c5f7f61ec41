import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StackConfig } from '../../components/config/types.ts';
import { pgbackrestConfig } from '../../components/host/pgbackrest.ts';
import { postgresConfig } from '../../components/host/postgres.ts';
import type { HostFacts } from '../../components/host/types.ts';
import { docker, run } from '../../lab/machines/exec.ts';
import { startMachine, stopMachine } from '../../lab/machines/index.ts';
import { knownMachines } from '../../lab/machines/registry.ts';
import { labDir } from '../../lab/paths.ts';
import { rootKeys } from '../../lab/services/s3.ts';
import { createBucket } from '../../lab/services/s3-admin.ts';
import { databaseImage, Elsewhere, emptyData, onLabHost } from './elsewhere.ts';
import { ssh } from './machine.ts';
import { coop, inLab } from './measure.ts';

/** A database that archives to its bucket, and can be killed and brought back. */
export interface Source {
  name: string;
  /** Runs a line of shell where `psql` leads to the database. */
  shell(line: string): string[];
  psql: string;
  /** Kills it at once, with everything that was on its way. */
  cut(): Promise<void>;
  back(): Promise<void>;
  /** After much was written: so that the next restore does not replay it all again. */
  backup(): Promise<void>;
  elsewhere: Elsewhere;
}

const settingsOf = (name: string) => {
  const directory = join(labDir, 'bench', name, 'postgres');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
};

/** pgBackRest speaks to the bucket itself, not through a machine's socket. */
const direct = (config: string) => config.replace(/^(repo1-storage-port)=.*$/m, '$1=443');
const psqlIn = (container: string) =>
  `docker exec -i ${container} psql -U postgres -d mastodon_production --no-psqlrc`;

/** A whole stack: its machine loses its power. */
export async function machine(stack: string, domain: string, rpo: number): Promise<Source> {
  await inLab('pulumi', 'config', 'set', 'rpo', String(rpo), '--stack', stack);
  await inLab('pulumi', 'up', '--stack', stack, '--yes', '--skip-preview', '--non-interactive');
  const settings = settingsOf(stack);
  const archive = await ssh(stack, 'tar -C /etc/social.coop/postgres -cz . | base64 -w 0');
  const tar = `${settings}.tar.gz`;
  writeFileSync(tar, Buffer.from(archive.stdout.trim(), 'base64'), { mode: 0o600 });
  await run('tar', ['-C', settings, '-xzf', tar]);
  const config = join(settings, 'pgbackrest.conf');
  writeFileSync(config, direct(readFileSync(config, 'utf8')));
  const id = knownMachines().find(({ name }) => name === `primary.${domain}`)?.id;
  if (id === undefined) throw new Error(`no machine of ${domain} — the lab's machines`);
  const psql = psqlIn('instance-db-1');
  return {
    name: stack,
    shell: (line) => [coop, 'ssh', stack, '--', line],
    psql,
    cut: () => stopMachine(id, { hard: true }),
    async back() {
      await startMachine(id);
      await until(`${stack} is back`, () =>
        ssh(stack, 'docker exec instance-db-1 pg_isready -q -U postgres'),
      );
    },
    backup: async () => {
      await ssh(stack, `${psql} -qc 'TRUNCATE bench_load' && systemctl start backup-incr.service`);
    },
    elsewhere: new Elsewhere(await databaseImage(stack), settings),
  };
}

/** The database's image with a primary's settings, and nothing else of a machine: many of them fit on a small computer. */
export async function bareDatabase(number: number, rpo: number): Promise<Source> {
  const name = `bench-rpo${rpo}-${number}`;
  const settings = settingsOf(name);
  const data = `${settings}.data`;
  const endpoint = 'fra1.digitaloceanspaces.com';
  await createBucket({ region: 'fra1', name, versioning: true });
  const facts = {
    config: {
      rpo,
      backupDays: 30,
      secrets: { repositoryCipher: 'a pass for what lives as long as a measurement' },
      database: { sharedBuffersMb: 64, maxConnections: 20 },
    } as unknown as StackConfig,
    backups: { bucket: name, region: 'fra1', endpoint, ...rootKeys() },
  } as HostFacts;
  const files = {
    'pgbackrest.conf': direct(pgbackrestConfig(facts)),
    'postgresql.conf': postgresConfig(facts).replace(/^(listen_addresses) = .*$/m, "$1 = ''"),
    'pg_hba.conf': 'local all all peer\n',
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(settings, file), text);
  await run('chown', ['-R', '5432:5432', settings]);
  const image = await databaseImage('staging');
  await emptyData(data);
  const where = onLabHost(settings, data, endpoint);
  await run('rmdir', [join(data, '17/data')]);
  await docker(['run', '--rm', ...where, image, 'create'], { timeoutMs: 120_000 });
  await docker(['run', '--detach', '--name', name, ...where, image, 'serve']);
  const backrest = (...words: string[]) =>
    docker(['exec', name, 'pgbackrest', '--stanza=instance', '--log-level-console=warn', ...words], {
      timeoutMs: 120_000,
    });
  const ready = () => docker(['exec', name, 'pg_isready', '-q', '-U', 'postgres']);
  await until(`${name} is up`, ready);
  await docker(['exec', name, 'createdb', '-U', 'postgres', 'mastodon_production']);
  await backrest('stanza-create');
  await backrest('--type=full', 'backup');
  return {
    name,
    shell: (line) => ['bash', '-c', line],
    psql: psqlIn(name),
    cut: async () => void (await docker(['kill', '--signal', 'KILL', name])),
    async back() {
      await docker(['start', name]);
      await until(`${name} is back`, ready);
    },
    async backup() {
      await run('bash', ['-c', `${psqlIn(name)} -qc 'TRUNCATE bench_load'`]);
      await backrest('--type=incr', 'backup');
    },
    elsewhere: new Elsewhere(image, settings),
  };
}

async function until(what: string, check: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    const held = await check().then(
      () => true,
      () => false,
    );
    if (held) return;
    if (tries > 120) throw new Error(`not in time: ${what}`);
    await sleep(500);
  }
}
