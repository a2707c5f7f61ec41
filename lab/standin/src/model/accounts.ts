import type { App } from '../core/app.ts';
import { many, one, type Row } from '../core/db.ts';

export const accountById = (app: App, id: string): Promise<Row | undefined> =>
  /^-?\d+$/.test(id) ? one(app.db, 'SELECT * FROM accounts WHERE id = $1', [id]) : Promise.resolve(undefined);

export const localAccount = (app: App, username: string): Promise<Row | undefined> =>
  one(app.db, 'SELECT * FROM accounts WHERE lower(username) = lower($1) AND domain IS NULL', [username]);

export const accountByUri = (app: App, uri: string): Promise<Row | undefined> =>
  one(app.db, `SELECT * FROM accounts WHERE uri = $1 AND uri <> ''`, [uri]);

/** Address that names an account to the rest of the world; a local account's is made of its name. */
export const accountUri = (app: App, account: Row): string =>
  account.domain
    ? (account.uri as string)
    : account.id === '-99'
      ? `${app.origin}/actor`
      : `${app.origin}/users/${account.username}`;

export const accountUrl = (app: App, account: Row): string =>
  account.domain
    ? ((account.url as string | null) ?? (account.uri as string))
    : `${app.origin}/@${account.username}`;

export const isLocal = (account: Row): boolean => account.domain === null;

/** The local account behind one of our own addresses (`/users/NAME` or `/@NAME`). */
export async function accountByOwnUri(app: App, uri: string): Promise<Row | undefined> {
  if (!uri.startsWith(`${app.origin}/`)) return undefined;
  const name = /^\/(?:users\/|@)([^/]+)$/.exec(uri.slice(app.origin.length))?.[1];
  return name ? localAccount(app, name) : undefined;
}

/** Finds whoever an address names, here or elsewhere, without asking the network. */
export const knownAccount = async (app: App, uri: string): Promise<Row | undefined> =>
  (await accountByOwnUri(app, uri)) ?? (await accountByUri(app, uri));

export async function accountCounts(app: App, ids: string[]): Promise<Map<string, Row>> {
  const rows = await many(
    app.db,
    `SELECT a.id,
        (SELECT count(*) FROM statuses s WHERE s.account_id = a.id AND s.deleted_at IS NULL) AS statuses,
        (SELECT count(*) FROM follows f WHERE f.target_account_id = a.id) AS followers,
        (SELECT count(*) FROM follows f WHERE f.account_id = a.id) AS following
      FROM accounts a WHERE a.id = ANY($1)`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id as string, row]));
}
