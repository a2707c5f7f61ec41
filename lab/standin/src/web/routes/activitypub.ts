import { activity, actorDocument, CONTENT_TYPE, noteDocument } from '../../activitypub/document.ts';
import { many, one, type Row } from '../../core/db.ts';
import { accountUri, localAccount } from '../../model/accounts.ts';
import { forTheWorld, isLocalOnly } from '../../model/local-only.ts';
import { mediaOf } from '../../model/media-order.ts';
import { statusById } from '../../model/statuses.ts';
import { INSTANCE_ACTOR } from '../../schema/seed.ts';
import type { Context } from '../context.ts';
import { HttpError, notFound } from '../errors.ts';
import { route } from '../router.ts';

const send = (context: Context, body: object): void => context.json(body, 200, CONTENT_TYPE);

async function owner(context: Context): Promise<Row> {
  const account = await localAccount(context.app, context.params.name ?? '');
  if (!account) throw notFound();
  if (account.suspended_at) throw new HttpError(410, 'Gone');
  return account;
}

async function actor(context: Context): Promise<void> {
  const account = await owner(context);
  const accept = String(context.req.headers.accept ?? '');
  if (accept.includes('text/html') && !accept.includes('json')) context.redirect(`/@${account.username}`);
  else send(context, actorDocument(context.app, account));
}

async function instanceActor(context: Context): Promise<void> {
  const account = await one(context.app.db, 'SELECT * FROM accounts WHERE id = $1', [INSTANCE_ACTOR]);
  if (!account) throw notFound();
  send(context, actorDocument(context.app, account));
}

async function outbox(context: Context): Promise<void> {
  const { app } = context;
  const account = await owner(context);
  const id = `${accountUri(app, account)}/outbox`;
  const [count] = await many(
    app.db,
    `SELECT count(*) AS n FROM statuses WHERE account_id = $1 AND visibility <= 1 AND deleted_at IS NULL${forTheWorld(app)}`,
    [account.id],
  );
  const total = Number(count?.n);
  if (!context.url.searchParams.has('page')) {
    send(context, {
      '@context': 'https://www.w3.org/ns/activitystreams',
      id,
      type: 'OrderedCollection',
      totalItems: total,
      first: `${id}?page=true`,
    });
    return;
  }
  const rows = await many(
    app.db,
    `SELECT * FROM statuses WHERE account_id = $1 AND visibility <= 1 AND deleted_at IS NULL${forTheWorld(app)}
      ORDER BY id DESC LIMIT 20`,
    [account.id],
  );
  const items = await Promise.all(rows.map((row) => created(context, account, row)));
  send(context, {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${id}?page=true`,
    type: 'OrderedCollectionPage',
    partOf: id,
    totalItems: total,
    orderedItems: items,
  });
}

async function created(context: Context, account: Row, status: Row): Promise<object> {
  const note = await noteOf(context, account, status);
  return activity(context.app, account, 'Create', `${note.id}/activity`, note, {
    to: note.to,
    cc: note.cc,
    published: note.published,
  });
}

async function noteOf(context: Context, account: Row, status: Row) {
  const { app } = context;
  const media = await mediaOf(app.db, app.env, [status.id]);
  const mentioned = await many(
    app.db,
    'SELECT a.* FROM mentions m JOIN accounts a ON a.id = m.account_id WHERE m.status_id = $1',
    [status.id],
  );
  return noteDocument(app, account, status, media, mentioned);
}

async function note(context: Context): Promise<void> {
  const account = await owner(context);
  const status = await statusById(context.app, context.params.id ?? '');
  if (!status || status.account_id !== account.id) throw notFound();
  if (status.visibility > 1 || isLocalOnly(context.app, status)) throw notFound();
  send(context, {
    '@context': 'https://www.w3.org/ns/activitystreams',
    ...(await noteOf(context, account, status)),
  });
}

async function collection(context: Context, name: 'followers' | 'following'): Promise<void> {
  const account = await owner(context);
  const column = name === 'followers' ? 'target_account_id' : 'account_id';
  const row = await one(context.app.db, `SELECT count(*) AS n FROM follows WHERE ${column} = $1`, [
    account.id,
  ]);
  const id = `${accountUri(context.app, account)}/${name}`;
  send(context, {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id,
    type: 'OrderedCollection',
    totalItems: Number(row?.n),
  });
}

export const activityPubRoutes = [
  route('GET', '/actor', instanceActor),
  route('GET', '/users/:name', actor),
  route('GET', '/users/:name/outbox', outbox),
  route('GET', '/users/:name/followers', (context) => collection(context, 'followers')),
  route('GET', '/users/:name/following', (context) => collection(context, 'following')),
  route('GET', '/users/:name/statuses/:id', note),
];
