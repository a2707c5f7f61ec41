import { z } from 'zod';
import { text } from './fields.ts';

const RESERVED = new Set(
  'all coop_clients mastodon none postgres public replication samegroup samerole sameuser'.split(' '),
);

const role = text(
  (name) => /^[a-z][a-z0-9_]{0,30}$/.test(name) && !RESERVED.has(name) && !name.startsWith('pg_'),
  'is not a name for a database role',
  "lower-case letters, digits and _, at most 31, beginning with a letter; not PostgreSQL's or the app's own",
);

const table = (star: boolean) =>
  text(
    (name) => /^[a-z_][a-z0-9_]{0,62}$/.test(name) || (star && name === '*'),
    'is not the name of a table',
    `write it as \`instance psql -c '\\dt'\` shows it${star ? ", or '*' alone for every table" : ''}`,
  );

/** https://www.postgresql.org/docs/17/sql-grant.html */
const client = z.strictObject({
  port: z
    .int()
    .min(1024)
    .max(65_535)
    .meta({ description: "port on the machine's loopback (127.0.0.1) that leads to the database" }),
  read: z.array(table(true)).default([]).meta({
    description: "tables it may read; '*' alone: every table, also those with password hashes and tokens",
  }),
  write: z
    .array(table(false))
    .default([])
    .meta({ description: 'tables it may read, insert into, update and delete from' }),
  connections: z
    .int()
    .min(1)
    .max(500)
    .default(5)
    .meta({ description: 'connections it may hold, out of database.maxConnections' }),
});

/** Other programs on the machine that use the app's database, by the name of their role. */
export const databaseClients = z.record(role, client);
