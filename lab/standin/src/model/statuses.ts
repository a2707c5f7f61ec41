import { resolveAcct } from '../activitypub/resolve.ts';
import type { App } from '../core/app.ts';
import { many, one, type Row, transaction } from '../core/db.ts';
import { enqueue } from '../jobs/enqueue.ts';
import { isLocalOnly } from './local-only.ts';
import { linkMedia } from './media-order.ts';
import { visibilityNumber } from './visibility.ts';

export interface NewStatus {
  text: string;
  spoilerText?: string;
  sensitive?: boolean;
  visibility: string;
  inReplyToId?: string;
  mediaIds: string[];
  language?: string;
  applicationId?: string;
  /** Hometown: never leaves the instance. */
  localOnly?: boolean;
}

const MENTION = /(?<![\w/])@([a-z0-9_]+)(?:@([a-z0-9.-]+[a-z0-9]))?/gi;

/** Writes a local status and sets everything going that follows from it. */
export async function postStatus(app: App, account: Row, input: NewStatus): Promise<Row> {
  const mentioned = await resolveMentions(app, input.text);
  const status = await transaction(app.db, async (db) => {
    const created = (await one(
      db,
      `INSERT INTO statuses (text, spoiler_text, sensitive, visibility, account_id, in_reply_to_id, local, language, application_id)
        VALUES ($1, $2, $3, $4, $5, $6, true, $7, $8) RETURNING *`,
      [
        input.text,
        input.spoilerText ?? '',
        input.sensitive ?? false,
        visibilityNumber(input.visibility),
        account.id,
        input.inReplyToId ?? null,
        input.language ?? 'en',
        input.applicationId ?? null,
      ],
    )) as Row;
    if (input.localOnly && app.env.version.hometown)
      await db.query('UPDATE statuses SET local_only = true WHERE id = $1', [created.id]);
    for (const target of mentioned)
      await db.query('INSERT INTO mentions (status_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        created.id,
        target.id,
      ]);
    await linkMedia(db, app.env, created.id, input.mediaIds);
    return { ...created, local_only: input.localOnly === true } as Row;
  });
  for (const target of mentioned)
    if (target.domain === null && target.id !== account.id)
      await enqueue(app.redis, 'LocalNotificationWorker', target.id, account.id, status.id, 'mention');
  await enqueue(app.redis, 'DistributionWorker', status.id);
  if (!isLocalOnly(app, status)) await enqueue(app.redis, 'ActivityPub::DistributionWorker', status.id);
  if (/https?:\/\//.test(input.text)) await enqueue(app.redis, 'LinkCrawlWorker', status.id);
  if (input.visibility === 'public' && !isLocalOnly(app, status))
    await enqueue(app.redis, 'Fasp::AnnounceContentLifecycleEventWorker', status.id, 'new');
  return status;
}

async function resolveMentions(app: App, text: string): Promise<Row[]> {
  const found = new Map<string, Row>();
  for (const [, username = '', domain] of text.matchAll(MENTION)) {
    // an unreachable server must not keep a status from being posted
    const account = await resolveAcct(app, username, domain).catch(() => undefined);
    if (account) found.set(account.id as string, account);
  }
  return [...found.values()];
}

export const statusById = (app: App, id: string): Promise<Row | undefined> =>
  /^\d+$/.test(id)
    ? one(app.db, 'SELECT * FROM statuses WHERE id = $1 AND deleted_at IS NULL', [id])
    : Promise.resolve(undefined);

/** Statuses by id, newest first; what was deleted meanwhile is left out. */
export const statusesById = (app: App, ids: string[]): Promise<Row[]> =>
  many(app.db, 'SELECT * FROM statuses WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id DESC', [ids]);

/** Hides a status at once; a worker removes it and tells the world. */
export async function deleteStatus(app: App, id: string): Promise<void> {
  await app.db.query('UPDATE statuses SET deleted_at = now() WHERE id = $1', [id]);
  await enqueue(app.redis, 'RemovalWorker', id);
}

/** Whether `viewerId` may see a status. */
export async function visibleTo(app: App, status: Row, viewerId?: string): Promise<boolean> {
  if (status.account_id === viewerId) return true;
  if (!viewerId && isLocalOnly(app, status)) return false;
  if (status.visibility <= 1) return true;
  if (!viewerId) return false;
  const mentioned = await one(app.db, 'SELECT 1 FROM mentions WHERE status_id = $1 AND account_id = $2', [
    status.id,
    viewerId,
  ]);
  if (mentioned || status.visibility === 3) return mentioned !== undefined;
  return (
    (await one(app.db, 'SELECT 1 FROM follows WHERE account_id = $1 AND target_account_id = $2', [
      viewerId,
      status.account_id,
    ])) !== undefined
  );
}
