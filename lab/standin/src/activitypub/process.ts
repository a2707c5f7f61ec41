import type { App } from '../core/app.ts';
import { one, type Row } from '../core/db.ts';
import { log } from '../core/log.ts';
import { enqueue } from '../jobs/enqueue.ts';
import { accountByOwnUri, accountUri } from '../model/accounts.ts';
import { notify } from '../model/notify.ts';
import { activity, type Json } from './document.ts';
import { saveNote } from './note.ts';

const idOf = (object: unknown): string =>
  typeof object === 'string' ? object : String((object as Json | null)?.id ?? '');

/** Does what a believed activity says. What is not understood is left alone, as Mastodon does. */
export async function processActivity(app: App, actor: Row, json: Json): Promise<void> {
  if (idOf(json.actor) !== actor.uri) {
    log.warn(`${actor.uri} sent an activity of ${idOf(json.actor)}: ignored`);
    return;
  }
  const object = json.object as Json | string;
  const inner = typeof object === 'object' && object !== null ? (object.type as string) : undefined;
  switch (json.type) {
    case 'Follow':
      return followed(app, actor, json);
    case 'Accept':
      return accepted(app, actor, json);
    case 'Reject':
      return rejected(app, actor, json);
    case 'Create':
      if (inner === 'Note') await saveNote(app, actor, object as Json);
      return;
    case 'Like':
      return liked(app, actor, idOf(object));
    case 'Delete':
      return deleted(app, actor, idOf(object));
    case 'Undo':
      if (inner === 'Follow') await unfollowed(app, actor, idOf((object as Json).object));
      return;
  }
}

async function followed(app: App, actor: Row, json: Json): Promise<void> {
  const target = await accountByOwnUri(app, idOf(json.object));
  if (!target) return;
  if (target.locked) {
    await app.db.query(
      'INSERT INTO follow_requests (account_id, target_account_id, uri) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [actor.id, target.id, json.id ?? null],
    );
    return;
  }
  const made = await one(
    app.db,
    'INSERT INTO follows (account_id, target_account_id, uri) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id',
    [actor.id, target.id, json.id ?? null],
  );
  if (made) await notify(app, target.id, actor.id, 'Follow', made.id, 'follow');
  // asked again, a server wants to hear it again
  const accept = activity(
    app,
    target,
    'Accept',
    `${accountUri(app, target)}#accepts/follows/${made?.id ?? ''}`,
    json,
  );
  await enqueue(app.redis, 'ActivityPub::DeliveryWorker', JSON.stringify(accept), target.id, actor.inbox_url);
}

/** Whose Follow an Accept or Reject answers: ours, named by the object or by its id. */
async function follower(app: App, json: Json): Promise<Row | undefined> {
  const object = json.object as Json | string;
  const uri = typeof object === 'string' ? object.replace(/#.*$/, '') : idOf(object?.actor);
  return accountByOwnUri(app, uri);
}

async function accepted(app: App, actor: Row, json: Json): Promise<void> {
  const account = await follower(app, json);
  if (!account) return;
  const asked = await one(
    app.db,
    'DELETE FROM follow_requests WHERE account_id = $1 AND target_account_id = $2 RETURNING id',
    [account.id, actor.id],
  );
  if (asked)
    await app.db.query(
      'INSERT INTO follows (account_id, target_account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [account.id, actor.id],
    );
}

async function rejected(app: App, actor: Row, json: Json): Promise<void> {
  const account = await follower(app, json);
  if (!account) return;
  for (const table of ['follow_requests', 'follows'])
    await app.db.query(`DELETE FROM ${table} WHERE account_id = $1 AND target_account_id = $2`, [
      account.id,
      actor.id,
    ]);
}

async function unfollowed(app: App, actor: Row, uri: string): Promise<void> {
  const target = await accountByOwnUri(app, uri);
  if (!target) return;
  for (const table of ['follow_requests', 'follows'])
    await app.db.query(`DELETE FROM ${table} WHERE account_id = $1 AND target_account_id = $2`, [
      actor.id,
      target.id,
    ]);
}

async function liked(app: App, actor: Row, uri: string): Promise<void> {
  const id = uri.startsWith(`${app.origin}/`) ? /\/statuses\/(\d+)$/.exec(uri)?.[1] : undefined;
  const status = id
    ? await one(app.db, 'SELECT * FROM statuses WHERE id = $1 AND local AND deleted_at IS NULL', [id])
    : undefined;
  if (!status) return;
  const made = await one(
    app.db,
    'INSERT INTO favourites (account_id, status_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id',
    [actor.id, status.id],
  );
  if (made) await notify(app, status.account_id, actor.id, 'Favourite', made.id, 'favourite');
}

async function deleted(app: App, actor: Row, uri: string): Promise<void> {
  if (uri === actor.uri) {
    await app.db.query('DELETE FROM accounts WHERE id = $1 AND domain IS NOT NULL', [actor.id]);
    return;
  }
  await app.db.query('INSERT INTO tombstones (account_id, uri) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    actor.id,
    uri,
  ]);
  const status = await one(app.db, 'DELETE FROM statuses WHERE uri = $1 AND account_id = $2 RETURNING id', [
    uri,
    actor.id,
  ]);
  if (status)
    await app.redis.publish('timeline:public', JSON.stringify({ event: 'delete', payload: status.id }));
}
