import type { App } from '../../core/app.ts';
import { one } from '../../core/db.ts';
import { httpRequest } from '../../core/http.ts';
import { vapidAuthorization } from '../../crypto/vapid.ts';
import { encryptPush } from '../../crypto/web-push.ts';
import { readSetting } from '../../model/settings.ts';

const TTL_SECONDS = 48 * 3600;

/** Sends one notification to one browser or phone; a subscription its service no longer knows is removed. */
export async function pushNotification(
  app: App,
  subscriptionId: string,
  notificationId: string,
): Promise<void> {
  const subscription = await one(app.db, 'SELECT * FROM web_push_subscriptions WHERE id = $1', [
    subscriptionId,
  ]);
  const notification = await one(
    app.db,
    'SELECT n.id, n.type, a.username FROM notifications n JOIN accounts a ON a.id = n.from_account_id WHERE n.id = $1',
    [notificationId],
  );
  if (!subscription || !notification) return;
  const contact = await readSetting(app.db, app.env, 'site_contact_email', `admin@${app.env.localDomain}`);
  const message = {
    notification_id: notification.id,
    notification_type: notification.type,
    title: `${notification.type} by ${notification.username}`,
    body: '',
  };
  const answer = await httpRequest(subscription.endpoint, {
    method: 'POST',
    headers: {
      authorization: vapidAuthorization(app.env.vapid, subscription.endpoint, `mailto:${contact}`),
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      ttl: String(TTL_SECONDS),
      urgency: 'normal',
    },
    body: encryptPush(Buffer.from(JSON.stringify(message)), {
      p256dh: subscription.key_p256dh,
      auth: subscription.key_auth,
    }),
  });
  if (answer.status === 404 || answer.status === 410)
    await app.db.query('DELETE FROM web_push_subscriptions WHERE id = $1', [subscriptionId]);
  else if (answer.status >= 300) throw new Error(`the push service answered ${answer.status}`);
}
