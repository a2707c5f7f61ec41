import { followerInboxes, mentionInboxes } from '../../activitypub/audience.ts';
import { activity, statusUri } from '../../activitypub/document.ts';
import type { App } from '../../core/app.ts';
import { many, one, type Row } from '../../core/db.ts';
import { accountById } from '../../model/accounts.ts';
import { isLocalOnly } from '../../model/local-only.ts';
import { destroyMedia } from '../../model/media.ts';
import { notify } from '../../model/notify.ts';
import { statusById } from '../../model/statuses.ts';
import { statusJson } from '../../web/serialize.ts';
import { enqueue } from '../enqueue.ts';

const FEED_SIZE = 800;

async function stream(app: App, channel: string, event: string, payload: string): Promise<void> {
  await app.redis.publish(channel, JSON.stringify({ event, payload, queued_at: Date.now() }));
}

/** Sends a new status to the feeds of local followers and to the live streams. */
export async function distribute(app: App, statusId: string): Promise<void> {
  const status = await statusById(app, statusId);
  if (!status) return;
  const readers = await many(
    app.db,
    `SELECT f.account_id AS id FROM follows f JOIN accounts a ON a.id = f.account_id
      WHERE f.target_account_id = $1 AND a.domain IS NULL`,
    [status.account_id],
  );
  if (status.local) await insertIntoFeed(app, status.id, status.account_id);
  // as in Mastodon, only those who may see it: a direct message reaches no follower's feed
  if (status.visibility <= 2)
    for (const { id } of readers) await enqueue(app.redis, 'FeedInsertWorker', status.id, id);
  // the public streams are open to everybody
  if (status.visibility !== 0 || isLocalOnly(app, status)) return;
  const payload = JSON.stringify(await statusJson(app, status));
  await stream(app, 'timeline:public', 'update', payload);
  await stream(app, status.local ? 'timeline:public:local' : 'timeline:public:remote', 'update', payload);
}

export async function insertIntoFeed(app: App, statusId: string, accountId: string): Promise<void> {
  const status = await statusById(app, statusId);
  if (!status) return;
  const feed = `feed:home:${accountId}`;
  await app.redis.zadd(feed, status.id, status.id);
  await app.redis.zremrangebyrank(feed, 0, -FEED_SIZE - 1);
  await stream(app, `timeline:${accountId}`, 'update', JSON.stringify(await statusJson(app, status)));
}

/** Ends a deleted status: out of feeds and storage, and told to everybody it went to. */
export async function removal(app: App, statusId: string): Promise<void> {
  const status = await one(app.db, 'SELECT * FROM statuses WHERE id = $1', [statusId]);
  if (!status) return;
  const account = (await accountById(app, status.account_id)) as Row;
  const readers = await many(app.db, 'SELECT account_id AS id FROM follows WHERE target_account_id = $1', [
    account.id,
  ]);
  for (const id of [account.id, ...readers.map((row) => row.id)]) {
    await app.redis.zrem(`feed:home:${id}`, status.id);
    await stream(app, `timeline:${id}`, 'delete', status.id);
  }
  await stream(app, 'timeline:public', 'delete', status.id);
  if (account.domain === null && !isLocalOnly(app, status)) await federateDelete(app, account, status);
  await destroyMedia(
    app,
    await many(app.db, 'SELECT * FROM media_attachments WHERE status_id = $1', [status.id]),
  );
  await app.db.query('DELETE FROM statuses WHERE id = $1', [status.id]);
}

async function federateDelete(app: App, account: Row, status: Row): Promise<void> {
  const id = statusUri(app, account, status);
  const json = activity(app, account, 'Delete', `${id}#delete`, { id, type: 'Tombstone' });
  const inboxes = new Set([
    ...(await followerInboxes(app, account.id)),
    ...(await mentionInboxes(app, status.id)),
  ]);
  for (const inbox of inboxes)
    await enqueue(app.redis, 'ActivityPub::DeliveryWorker', JSON.stringify(json), account.id, inbox);
}

/** Builds a home feed anew from the database. */
export async function regenerate(app: App, accountId: string): Promise<void> {
  const rows = await many(
    app.db,
    `SELECT s.id FROM statuses s WHERE s.deleted_at IS NULL AND s.visibility <= 2 AND (s.account_id = $1
      OR s.account_id IN (SELECT target_account_id FROM follows WHERE account_id = $1)) ORDER BY s.id DESC LIMIT $2`,
    [accountId, FEED_SIZE],
  );
  const feed = `feed:home:${accountId}`;
  await app.redis.unlink(feed);
  if (rows.length > 0)
    await app.redis.zadd(feed, ...rows.flatMap((row) => [row.id as string, row.id as string]));
}

export const localNotification = (
  app: App,
  targetId: string,
  fromId: string,
  statusId: string,
  type: string,
): Promise<void> => notify(app, targetId, fromId, 'Mention', statusId, type);
