import type { StackConfig } from '../config/types.ts';
import { postgresMajor, stanza } from './postgres.ts';
import type { BucketAccess, HostFacts } from './types.ts';

const section = (name: string, values: Record<string, string | number>): string =>
  `[${name}]\n${Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`;

/** Everything both repositories have: the same form, the same cipher, the same days. */
function repository(
  number: 1 | 2,
  at: BucketAccess,
  port: number,
  { secrets, backupDays }: StackConfig,
): Record<string, string | number> {
  const values = {
    type: 's3',
    path: '/pgbackrest',
    's3-bucket': at.bucket,
    's3-region': at.region,
    's3-endpoint': at.endpoint,
    'storage-port': port,
    's3-uri-style': 'path',
    's3-key': at.accessKey,
    's3-key-secret': at.secretKey,
    'storage-ca-file': '/etc/ssl/certs/ca-certificates.crt',
    'cipher-type': 'aes-256-cbc',
    'cipher-pass': secrets.repositoryCipher,
    bundle: 'y',
    block: 'y',
    'retention-full-type': 'time',
    'retention-full': backupDays,
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`repo${number}-${key}`, value]));
}

/** Where the second repository is; undefined without one. */
function secondRepository({ repo2, secrets }: StackConfig): BucketAccess | undefined {
  const { repo2AccessKey: accessKey, repo2SecretKey: secretKey } = secrets;
  if (!repo2 || accessKey === undefined || secretKey === undefined) return undefined;
  return { ...repo2, accessKey, secretKey };
}

/**
 * The file pgBackRest reads in the database's container. With a second repository it has another name, so that the container
 * from before, which has no way there, archives its last WAL as it did and does not hold up its own end.
 */
export const configName = ({ repo2 }: StackConfig) => (repo2 ? 'pgbackrest-two.conf' : 'pgbackrest.conf');

/** Both files by name; the second is there only with a second repository. */
export function pgbackrestFiles(facts: HostFacts): { name: string; content: string }[] {
  const one = { name: 'pgbackrest.conf', content: pgbackrestConfig(facts) };
  const second = secondRepository(facts.config);
  if (!second) return [one];
  return [one, { name: configName(facts.config), content: pgbackrestConfig(facts, second) }];
}

/** https://pgbackrest.org/configuration.html. archive-push-queue-max is left unset: it drops WAL and reports success. */
export function pgbackrestConfig({ config, backups }: HostFacts, second?: BucketAccess): string {
  const global = section('global', {
    // Sockets on the internal bridge; 443 there is nginx's. Dumps are no repository.
    ...(config.restore?.dump ? {} : repository(1, backups, 9443, config)),
    ...(second && repository(2, second, 9444, config)),
    'compress-type': 'zst',
    'compress-level': 1,
    'process-max': 2,
    'archive-async': 'y',
    'spool-path': '/var/spool/pgbackrest',
    'lock-path': '/tmp/pgbackrest',
    'log-level-console': 'info',
    'log-level-file': 'off',
    'start-fast': 'y',
    delta: 'y',
    // The default of a minute, retried, lets an unreachable repository hold an apply for long.
    'io-timeout': 20,
  });
  const push = section('global:archive-push', { 'log-level-console': 'warn' });
  const cluster = section(stanza, {
    'pg1-path': `/var/lib/postgresql/${postgresMajor}/data`,
    'pg1-socket-path': '/run/postgresql',
    'pg1-user': 'postgres',
  });
  return `${global}\n${push}\n${cluster}`;
}
