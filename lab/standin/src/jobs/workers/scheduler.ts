import type { App } from '../../core/app.ts';
import { many, one } from '../../core/db.ts';
import { log } from '../../core/log.ts';
import { accountById } from '../../model/accounts.ts';
import { deleteStatus, type NewStatus, postStatus } from '../../model/statuses.ts';
import { enqueueAt } from '../enqueue.ts';

const WINDOW_MS = 5 * 60_000;

/** Hands every scheduled status due before the next run to a worker, for its very moment. */
export async function scheduleDue(app: App): Promise<void> {
  const until = new Date(Date.now() + WINDOW_MS / app.env.speed);
  for (const row of await many(
    app.db,
    'SELECT id, scheduled_at FROM scheduled_statuses WHERE scheduled_at <= $1',
    [until],
  ))
    await enqueueAt(app.redis, (row.scheduled_at as Date).getTime(), 'PublishScheduledStatusWorker', row.id);
}

/** Posts a scheduled status once: whoever deletes its row posts it. */
export async function publishScheduled(app: App, id: string): Promise<void> {
  const row = await one(app.db, 'DELETE FROM scheduled_statuses WHERE id = $1 RETURNING *', [id]);
  const account = row ? await accountById(app, row.account_id) : undefined;
  if (!row || !account) return;
  await app.db.query(
    'UPDATE media_attachments SET scheduled_status_id = NULL WHERE scheduled_status_id = $1',
    [id],
  );
  await postStatus(app, account, row.params as NewStatus);
}

/** Deletes old posts of members who want that, and so tells every follower's server. */
export async function cleanUpStatuses(app: App): Promise<void> {
  const rows = await many(
    app.db,
    `SELECT s.id FROM statuses s JOIN account_statuses_cleanup_policies p ON p.account_id = s.account_id
      WHERE p.enabled AND s.local AND s.deleted_at IS NULL
        AND s.created_at < now() - (p.min_status_age / $1::float) * interval '1 second'
        AND NOT EXISTS (SELECT FROM status_pins pin WHERE pin.status_id = s.id)
      ORDER BY s.id LIMIT 50`,
    [app.env.speed],
  );
  for (const { id } of rows) await deleteStatus(app, id);
  if (rows.length > 0) log.info(`clean-up deletes ${rows.length} old posts`);
}

/** Removes what suspended local accounts wrote, thirty days after their suspension. */
export async function removeSuspended(app: App): Promise<void> {
  const rows = await many(
    app.db,
    `SELECT s.id FROM statuses s JOIN accounts a ON a.id = s.account_id
      WHERE a.domain IS NULL AND a.suspended_at < now() - interval '30 days' AND s.deleted_at IS NULL LIMIT 50`,
  );
  for (const { id } of rows) await deleteStatus(app, id);
}
