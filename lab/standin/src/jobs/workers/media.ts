import type { App } from '../../core/app.ts';
import { log } from '../../core/log.ts';
import { destroyMedia, unattachedMedia } from '../../model/media.ts';

const DAY_MS = 24 * 3600 * 1000;

/** A real server transcodes here; the stand-in keeps the file as it came and says it is ready. */
export async function postProcess(app: App, mediaId: string): Promise<void> {
  await app.db.query('UPDATE media_attachments SET processing = 2, updated_at = now() WHERE id = $1', [
    mediaId,
  ]);
}

/** Deletes media that no status uses, a day after it came. On a copy of a live server these are its live files. */
export async function vacuum(app: App): Promise<void> {
  const removed = await destroyMedia(
    app,
    await unattachedMedia(app, new Date(Date.now() - DAY_MS / app.env.speed)),
  );
  await app.db.query(`DELETE FROM oauth_access_tokens WHERE revoked_at < now() - interval '7 days'`);
  await app.db.query(`DELETE FROM oauth_access_grants WHERE created_at < now() - interval '1 day'`);
  if (removed > 0) log.info(`vacuum removed ${removed} unattached media`);
}
