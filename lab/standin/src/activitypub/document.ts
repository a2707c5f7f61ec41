import type { App } from '../core/app.ts';
import type { Row } from '../core/db.ts';
import { accountUri } from '../model/accounts.ts';
import { formatText } from '../model/format.ts';
import { mediaKey } from '../model/media.ts';

export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
export const CONTENT_TYPE = 'application/activity+json';
const CONTEXT = ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'];

// biome-ignore lint/suspicious/noExplicitAny: documents of other servers, checked where they are used
export type Json = Record<string, any>;

/** A local account as an actor. */
export function actorDocument(app: App, account: Row): Json {
  const id = accountUri(app, account);
  return {
    '@context': CONTEXT,
    id,
    type: account.actor_type ?? 'Person',
    preferredUsername: account.username,
    name: account.display_name,
    summary: account.note ? `<p>${account.note}</p>` : '',
    url:
      account.id === '-99'
        ? `${app.origin}/about/more?instance_actor=true`
        : `${app.origin}/@${account.username}`,
    inbox: `${id}/inbox`,
    outbox: `${id}/outbox`,
    followers: `${id}/followers`,
    following: `${id}/following`,
    endpoints: { sharedInbox: `${app.origin}/inbox` },
    manuallyApprovesFollowers: account.locked,
    published: (account.created_at as Date).toISOString(),
    publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem: account.public_key },
  };
}

export const statusUri = (app: App, account: Row, status: Row): string =>
  (status.uri as string | null) ?? `${accountUri(app, account)}/statuses/${status.id}`;

/** Whom a status is addressed to. */
export function audience(
  app: App,
  account: Row,
  status: Row,
  mentioned: Row[],
): { to: string[]; cc: string[] } {
  const followers = `${accountUri(app, account)}/followers`;
  const people = mentioned.map((target) => accountUri(app, target));
  if (status.visibility === 0) return { to: [PUBLIC], cc: [followers, ...people] };
  if (status.visibility === 1) return { to: [followers], cc: [PUBLIC, ...people] };
  return status.visibility === 2 ? { to: [followers], cc: people } : { to: people, cc: [] };
}

/** A local status as a note. */
export function noteDocument(app: App, account: Row, status: Row, media: Row[], mentioned: Row[]): Json {
  const id = statusUri(app, account, status);
  return {
    id,
    type: 'Note',
    summary: status.spoiler_text || null,
    inReplyTo: null,
    published: (status.created_at as Date).toISOString(),
    url: `${app.origin}/@${account.username}/${status.id}`,
    attributedTo: accountUri(app, account),
    ...audience(app, account, status, mentioned),
    sensitive: status.sensitive,
    content: formatText(status.text),
    attachment: media.map((row) => ({
      type: 'Document',
      mediaType: row.file_content_type,
      url: app.storage.url(mediaKey(row.id, 'original', row.file_file_name)),
      name: row.description,
    })),
    tag: mentioned.map((target) => ({
      type: 'Mention',
      href: accountUri(app, target),
      name: `@${target.username}${target.domain ? `@${target.domain}` : ''}`,
    })),
  };
}

/** Wraps an object in an activity of the account. */
export const activity = (
  app: App,
  account: Row,
  type: string,
  id: string,
  object: unknown,
  rest: Json = {},
): Json => ({
  '@context': CONTEXT,
  id,
  type,
  actor: accountUri(app, account),
  ...rest,
  object,
});
