import { followerInboxes, mentionInboxes } from '../../activitypub/audience.ts';
import { deliver } from '../../activitypub/deliver.ts';
import { activity, noteDocument } from '../../activitypub/document.ts';
import { processActivity } from '../../activitypub/process.ts';
import { resolveAcct } from '../../activitypub/resolve.ts';
import type { App } from '../../core/app.ts';
import { many } from '../../core/db.ts';
import { accountById } from '../../model/accounts.ts';
import { isLocalOnly } from '../../model/local-only.ts';
import { mediaOf } from '../../model/media-order.ts';
import { statusById } from '../../model/statuses.ts';
import { enqueue } from '../enqueue.ts';

/** One delivery job for each inbox a status goes to. */
export async function distributeActivity(app: App, statusId: string): Promise<void> {
  const status = await statusById(app, statusId);
  const account = status ? await accountById(app, status.account_id) : undefined;
  if (!status || !account || account.domain !== null || isLocalOnly(app, status)) return;
  const media = await mediaOf(app.db, app.env, [status.id]);
  const mentioned = await many(
    app.db,
    'SELECT a.* FROM mentions m JOIN accounts a ON a.id = m.account_id WHERE m.status_id = $1',
    [status.id],
  );
  const note = noteDocument(app, account, status, media, mentioned);
  const create = activity(app, account, 'Create', `${note.id}/activity`, note, {
    to: note.to,
    cc: note.cc,
    published: note.published,
  });
  const inboxes = new Set([
    ...(status.visibility <= 2 ? await followerInboxes(app, account.id) : []),
    ...(await mentionInboxes(app, status.id)),
  ]);
  for (const inbox of inboxes)
    await enqueue(app.redis, 'ActivityPub::DeliveryWorker', JSON.stringify(create), account.id, inbox);
}

export const deliverActivity = (app: App, json: string, accountId: string, inbox: string): Promise<void> =>
  deliver(app, json, accountId, inbox);

export async function processInbox(app: App, actorId: string, body: string): Promise<void> {
  const actor = await accountById(app, actorId);
  if (actor) await processActivity(app, actor, JSON.parse(body));
}

export async function resolveAccount(app: App, acct: string): Promise<void> {
  const [username = '', domain] = acct.replace(/^@/, '').split('@');
  await resolveAcct(app, username, domain);
}
