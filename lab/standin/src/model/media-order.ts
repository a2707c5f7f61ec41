import { many, type Queryable, type Row } from '../core/db.ts';
import type { Env } from '../core/env.ts';

/** 4.6 keeps the order of a status' media with each file; earlier code with the status. */
const byPosition = (env: Env): boolean => env.version.minor >= 406;

export async function linkMedia(
  db: Queryable,
  env: Env,
  statusId: string,
  mediaIds: string[],
): Promise<void> {
  if (mediaIds.length === 0) return;
  if (byPosition(env)) {
    for (const [position, id] of mediaIds.entries())
      await db.query(
        'UPDATE media_attachments SET status_id = $1, position = $2, updated_at = now() WHERE id = $3',
        [statusId, position, id],
      );
    return;
  }
  await db.query('UPDATE media_attachments SET status_id = $1, updated_at = now() WHERE id = ANY($2)', [
    statusId,
    mediaIds,
  ]);
  await db.query('UPDATE statuses SET ordered_media_attachment_ids = $2 WHERE id = $1', [statusId, mediaIds]);
}

/** The media of several statuses, each in its order. */
export async function mediaOf(db: Queryable, env: Env, statusIds: string[]): Promise<Row[]> {
  if (byPosition(env))
    return many(
      db,
      'SELECT * FROM media_attachments WHERE status_id = ANY($1) ORDER BY position NULLS LAST, id',
      [statusIds],
    );
  return many(
    db,
    `SELECT m.* FROM media_attachments m JOIN statuses s ON s.id = m.status_id WHERE m.status_id = ANY($1)
      ORDER BY array_position(s.ordered_media_attachment_ids, m.id), m.id`,
    [statusIds],
  );
}
