import type { App } from '../core/app.ts';
import { many, one } from '../core/db.ts';
import { enqueue } from '../jobs/enqueue.ts';

/** Files a notification for a local account, streams it, and sends it by web push and mail. */
export async function notify(
  app: App,
  accountId: string,
  fromId: string,
  activityType: string,
  activityId: string,
  type: string,
): Promise<void> {
  const user = await one(app.db, 'SELECT id FROM users WHERE account_id = $1', [accountId]);
  if (!user) return;
  const row = await one(
    app.db,
    `INSERT INTO notifications (account_id, from_account_id, activity_type, activity_id, type)
      VALUES ($1, $2, $3, $4, $5) RETURNING id`,
    [accountId, fromId, activityType, activityId, type],
  );
  await app.redis.publish(
    `timeline:${accountId}:notifications`,
    JSON.stringify({ event: 'notification', payload: JSON.stringify({ id: row?.id, type }) }),
  );
  for (const { id } of await many(app.db, 'SELECT id FROM web_push_subscriptions WHERE user_id = $1', [
    user.id,
  ]))
    await enqueue(app.redis, 'Web::PushNotificationWorker', id, row?.id);
  await enqueue(app.redis, 'ActionMailer::MailDeliveryJob', 'NotificationMailer', type, user.id, fromId);
}
