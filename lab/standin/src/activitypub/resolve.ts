import type { App } from '../core/app.ts';
import { one, type Row } from '../core/db.ts';
import { accountByUri, localAccount } from '../model/accounts.ts';
import { CONTENT_TYPE, type Json } from './document.ts';
import { fetchJson } from './fetch.ts';

/** Finds `@username@domain`, asking its server (webfinger, then the actor) when it is not known here. */
export async function resolveAcct(app: App, username: string, domain?: string): Promise<Row | undefined> {
  if (!domain || domain === app.env.localDomain || domain === app.env.webDomain)
    return localAccount(app, username);
  const known = await one(
    app.db,
    'SELECT * FROM accounts WHERE lower(username) = lower($1) AND lower(domain) = lower($2)',
    [username, domain],
  );
  if (known) return known;
  const resource = encodeURIComponent(`acct:${username}@${domain}`);
  const finger = await fetchJson(
    app,
    `https://${domain}/.well-known/webfinger?resource=${resource}`,
    'application/jrd+json',
  );
  const links = (finger.links ?? []) as { rel?: string; type?: string; href?: string }[];
  const self = links.find(
    (link) => link.rel === 'self' && /activity\+json|activitystreams/.test(link.type ?? ''),
  );
  return self?.href ? fetchActor(app, self.href) : undefined;
}

/** Fetches an actor and files it (again), with its current key and inboxes. */
export async function fetchActor(app: App, uri: string): Promise<Row> {
  const actor = await fetchJson(app, uri.replace(/#.*$/, ''), CONTENT_TYPE);
  if (
    typeof actor.id !== 'string' ||
    typeof actor.inbox !== 'string' ||
    typeof actor.preferredUsername !== 'string'
  )
    throw new Error(`${uri} is not an actor`);
  if (new URL(actor.id).host !== new URL(uri).host) throw new Error(`${uri} claims to be ${actor.id}`);
  return saveActor(app, actor);
}

async function saveActor(app: App, actor: Json): Promise<Row> {
  return (await one(
    app.db,
    `INSERT INTO accounts (username, domain, public_key, display_name, note, uri, url, inbox_url, outbox_url,
        shared_inbox_url, followers_url, actor_type)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
      ON CONFLICT (lower(username), coalesce(lower(domain), '')) DO UPDATE SET public_key = excluded.public_key,
        uri = excluded.uri, inbox_url = excluded.inbox_url, shared_inbox_url = excluded.shared_inbox_url,
        display_name = excluded.display_name, updated_at = now()
      RETURNING *`,
    [
      actor.preferredUsername,
      new URL(actor.id).host,
      actor.publicKey?.publicKeyPem ?? '',
      actor.name ?? '',
      actor.summary ?? '',
      actor.id,
      typeof actor.url === 'string' ? actor.url : actor.id,
      actor.inbox,
      actor.outbox ?? '',
      actor.endpoints?.sharedInbox ?? '',
      actor.followers ?? '',
      actor.type ?? 'Person',
    ],
  )) as Row;
}

/** The account a signature's key belongs to; `fresh` asks its server even when it is known. */
export async function keyOwner(app: App, keyId: string, fresh = false): Promise<Row> {
  const uri = keyId.replace(/#.*$/, '');
  const known = fresh ? undefined : await accountByUri(app, uri);
  return known ?? fetchActor(app, uri);
}
