import { userAgent } from '../../activitypub/fetch.ts';
import type { App } from '../../core/app.ts';
import { one } from '../../core/db.ts';
import { httpRequest } from '../../core/http.ts';
import { stripHtml } from '../../model/format.ts';
import { statusById } from '../../model/statuses.ts';

/** Fetches the first link of a status and files its title as a preview card. */
export async function crawlLink(app: App, statusId: string): Promise<void> {
  const status = await statusById(app, statusId);
  const address = /https?:\/\/[^\s<>"]+/.exec(status?.text ?? '')?.[0];
  if (!status || !address) return;
  const answer = await httpRequest(address, {
    headers: { 'user-agent': userAgent(app), accept: 'text/html' },
  });
  if (answer.status !== 200) return;
  const title = /<title[^>]*>([^<]*)/i.exec(answer.body.toString('utf8'))?.[1] ?? '';
  const card = await one(
    app.db,
    `INSERT INTO preview_cards (url, title) VALUES ($1, $2)
      ON CONFLICT (url) DO UPDATE SET title = excluded.title, updated_at = now() RETURNING id`,
    [address, stripHtml(title).slice(0, 255)],
  );
  await app.db.query(
    'INSERT INTO preview_cards_statuses (preview_card_id, status_id, url) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [card?.id, status.id, address],
  );
}
