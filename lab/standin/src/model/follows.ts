import { activity, type Json } from '../activitypub/document.ts';
import type { App } from '../core/app.ts';
import { one, type Row } from '../core/db.ts';
import { enqueue } from '../jobs/enqueue.ts';
import { accountUri, isLocal } from './accounts.ts';
import { notify } from './notify.ts';

/** One account follows another: at once here, by request elsewhere. */
export async function follow(app: App, account: Row, target: Row): Promise<void> {
  const values = [account.id, target.id];
  if (isLocal(target) && !target.locked) {
    const made = await one(
      app.db,
      'INSERT INTO follows (account_id, target_account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id',
      values,
    );
    if (made) await notify(app, target.id, account.id, 'Follow', made.id, 'follow');
    return;
  }
  if (await one(app.db, 'SELECT 1 FROM follows WHERE account_id = $1 AND target_account_id = $2', values))
    return;
  const request = await one(
    app.db,
    'INSERT INTO follow_requests (account_id, target_account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id',
    values,
  );
  if (request && !isLocal(target))
    await enqueue(
      app.redis,
      'ActivityPub::DeliveryWorker',
      JSON.stringify(followActivity(app, account, target)),
      account.id,
      target.inbox_url,
    );
}

/** The id depends on the pair alone, so that an Undo names the same Follow. */
const followActivity = (app: App, account: Row, target: Row): Json =>
  activity(
    app,
    account,
    'Follow',
    `${accountUri(app, account)}#follows/${target.id}`,
    accountUri(app, target),
  );

export async function unfollow(app: App, account: Row, target: Row): Promise<void> {
  const values = [account.id, target.id];
  await app.db.query('DELETE FROM follow_requests WHERE account_id = $1 AND target_account_id = $2', values);
  const gone = await one(
    app.db,
    'DELETE FROM follows WHERE account_id = $1 AND target_account_id = $2 RETURNING id',
    values,
  );
  if (!gone || isLocal(target)) return;
  const follow = followActivity(app, account, target);
  const undo = activity(app, account, 'Undo', `${follow.id}/undo`, follow);
  await enqueue(app.redis, 'ActivityPub::DeliveryWorker', JSON.stringify(undo), account.id, target.inbox_url);
}

export async function relationship(app: App, accountId: string, targetId: string): Promise<object> {
  const row = await one(
    app.db,
    `SELECT EXISTS (SELECT FROM follows WHERE account_id = $1 AND target_account_id = $2) AS following,
      EXISTS (SELECT FROM follows WHERE account_id = $2 AND target_account_id = $1) AS followed_by,
      EXISTS (SELECT FROM follow_requests WHERE account_id = $1 AND target_account_id = $2) AS requested`,
    [accountId, targetId],
  );
  return {
    id: targetId,
    ...row,
    blocking: false,
    muting: false,
    domain_blocking: false,
    showing_reblogs: true,
  };
}
