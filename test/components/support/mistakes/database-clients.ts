import type { Mistake } from './mistake.ts';

/** Other programs that use the database. */
export const databaseClients: Mistake[] = [
  [
    'a client without a password',
    { 'databaseClients.metrics': { port: 5433, read: ['accounts'] } },
    'secrets.databaseClients.metrics',
    /beside/,
  ],
  [
    'a password of no client',
    { 'secrets.databaseClients.other': 'a-password-of-nobody' },
    'secrets.databaseClients.other',
    /no databaseClient/,
  ],
  [
    'a weak password of a client',
    withClient({}, 'short'),
    'secrets.databaseClients.metrics',
    /20 to 128 letters/,
  ],
  [
    'a client under the name of a superuser',
    { 'databaseClients.postgres': { port: 5433, read: ['*'] } },
    'databaseClients.postgres',
    /not a name for a database role/,
  ],
  ['a client with nothing to do', withClient({ read: [] }), 'databaseClients.metrics.read', /nothing to do/],
  [
    'every table and some more',
    withClient({ read: ['*', 'accounts'] }),
    'databaseClients.metrics.read',
    /beside '\*'/,
  ],
  [
    'a table with a quote',
    withClient({ write: ['a"; DROP'] }),
    'databaseClients.metrics.write[0]',
    /not the name of a table/,
  ],
  [
    'every table to write to',
    withClient({ write: ['*'] }),
    'databaseClients.metrics.write[0]',
    /not the name/,
  ],
  ['a port of the app', withClient({ port: 4000 }), 'databaseClients.metrics.port', /the app's streaming/],
  ['a port of the system', withClient({ port: 443 }), 'databaseClients.metrics.port', /at least 1024/],
  [
    'a port for two clients',
    { ...withClient({}), 'databaseClients.zebra': { port: 5433, read: ['*'] } },
    'databaseClients.zebra.port',
    /databaseClients\.metrics/,
  ],
  [
    'more connections than the database has',
    withClient({ connections: 150 }),
    'database.maxConnections',
    /databaseClients 150/,
  ],
];

function withClient(client: Record<string, unknown>, password = 'a-password-of-metrics') {
  return {
    'databaseClients.metrics': { port: 5433, read: ['accounts'], ...client },
    'secrets.databaseClients.metrics': password,
  };
}
