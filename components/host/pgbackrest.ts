import { stanza } from './postgres.ts';
import type { HostFacts } from './types.ts';

const section = (name: string, values: Record<string, string | number>): string =>
  `[${name}]\n${Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`;

/** https://pgbackrest.org/configuration.html. archive-push-queue-max is left unset: it drops WAL and reports success. */
export function pgbackrestConfig({ config, backups }: HostFacts): string {
  const global = section('global', {
    'repo1-type': 's3',
    'repo1-path': '/pgbackrest',
    'repo1-s3-bucket': backups.bucket,
    'repo1-s3-region': backups.region,
    'repo1-s3-endpoint': backups.endpoint,
    // The socket on the internal bridge; 443 there is nginx's.
    'repo1-storage-port': 9443,
    'repo1-s3-uri-style': 'path',
    'repo1-s3-key': backups.accessKey,
    'repo1-s3-key-secret': backups.secretKey,
    'repo1-storage-ca-file': '/etc/ssl/certs/ca-certificates.crt',
    'repo1-cipher-type': 'aes-256-cbc',
    'repo1-cipher-pass': config.secrets.repositoryCipher,
    'repo1-bundle': 'y',
    'repo1-block': 'y',
    'repo1-retention-full-type': 'time',
    'repo1-retention-full': config.retentionDays,
    'compress-type': 'zst',
    'compress-level': 3,
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
    'pg1-path': '/var/lib/postgresql/17/data',
    'pg1-socket-path': '/run/postgresql',
    'pg1-user': 'postgres',
  });
  return `${global}\n${push}\n${cluster}`;
}
