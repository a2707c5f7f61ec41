import { networks } from './networks.ts';
import { scramVerifier } from './scram.ts';
import type { HostFacts } from './types.ts';

/** Of the database this program brings up; a backup opens in the release that made it only. */
export const postgresMajor = '17';

/** Name of the cluster in the backup repository. */
export const stanza = 'instance';

const settings = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} = ${typeof value === 'number' ? value : `'${value}'`}\n`)
    .join('');

/** https://www.postgresql.org/docs/17/runtime-config.html */
export function postgresConfig({ config }: HostFacts): string {
  // A copy that archived would write its own history into the source's repository.
  const archive: Record<string, string | number> = config.restore
    ? { archive_mode: 'off' }
    : {
        archive_mode: 'on',
        archive_command: `pgbackrest --stanza=${stanza} archive-push %p`,
        archive_timeout: config.rpo,
      };
  const { sharedBuffersMb, maxConnections } = config.database;
  return settings({
    data_directory: `/var/lib/postgresql/${postgresMajor}/data`,
    hba_file: '/etc/social.coop/postgres/pg_hba.conf',
    listen_addresses: '*',
    unix_socket_directories: '/run/postgresql',
    max_connections: maxConnections,
    password_encryption: 'scram-sha-256',
    shared_buffers: `${sharedBuffersMb}MB`,
    effective_cache_size: `${sharedBuffersMb * 3}MB`,
    maintenance_work_mem: `${Math.max(64, Math.floor(sharedBuffersMb / 4))}MB`,
    work_mem: '8MB',
    random_page_cost: '1.1',
    jit: 'off',
    wal_level: 'replica',
    wal_compression: 'zstd',
    max_wal_size: '2GB',
    min_wal_size: '128MB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: '0.9',
    ...archive,
    max_wal_senders: 4,
    idle_in_transaction_session_timeout: '10min',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] %q%u@%d ',
    log_min_duration_statement: '2s',
    // Parameters may hold what members write.
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    log_lock_waits: 'on',
    log_checkpoints: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
  });
}

/** https://www.postgresql.org/docs/17/auth-pg-hba-conf.html: the app's role from the internal network, postgres only from inside. */
export function postgresAccess({ config }: HostFacts): string {
  const { internal } = networks(config);
  // The machine itself comes as the bridge's own address: databaseClients, through their ports on loopback, and nobody else.
  const clients = Object.keys(config.databaseClients).sort();
  const machine = (who: string, method: string) => `host ${who} ${internal.gateway}/32 ${method}`;
  return [
    '# type database user address method',
    'local all postgres peer',
    ...clients.map((name) => machine(`mastodon_production ${name}`, 'scram-sha-256')),
    machine('all all', 'reject'),
    // Rails asks the database `postgres` whether its own exists.
    `host mastodon_production,postgres mastodon ${internal.subnet} scram-sha-256`,
    'host all all all reject',
    '',
  ].join('\n');
}

/** Run at every change: creates the app's role and gives both roles their password. Verifiers hold no quote. */
export function postgresRoles({ config }: HostFacts): string {
  const { databasePassword, databaseAdminPassword } = config.secrets;
  return [
    '\\set ON_ERROR_STOP on',
    'BEGIN;',
    "SELECT 'CREATE ROLE mastodon LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mastodon') \\gexec",
    `ALTER ROLE mastodon LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '${scramVerifier('mastodon', databasePassword)}';`,
    `ALTER ROLE postgres PASSWORD '${scramVerifier('postgres', databaseAdminPassword)}';`,
    'COMMIT;',
    '',
  ].join('\n');
}

/** What database-clients.sql makes the database like, at every change and after every migration. */
export function postgresClients({ config }: HostFacts): string {
  const clients = Object.entries(config.databaseClients).map(([name, { read, write, connections }]) => {
    const password = config.secrets.databaseClients?.[name] ?? '';
    return { name, verifier: scramVerifier(name, password), connections, read, write };
  });
  return `${JSON.stringify(clients, undefined, 1)}\n`;
}
