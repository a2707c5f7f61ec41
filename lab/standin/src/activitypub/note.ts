import type { App } from '../core/app.ts';
import { many, one, type Row } from '../core/db.ts';
import { enqueue } from '../jobs/enqueue.ts';
import { accountByOwnUri } from '../model/accounts.ts';
import { stripHtml } from '../model/format.ts';
import { notify } from '../model/notify.ts';
import { type Json, PUBLIC } from './document.ts';

const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value ? [value] : []).map(String);

/** Files a remote note that concerns somebody here: a mention, or the post of somebody followed. */
export async function saveNote(app: App, actor: Row, note: Json): Promise<void> {
  const uri = String(note.id ?? '');
  if (!uri || note.attributedTo !== actor.uri || new URL(uri).host !== new URL(actor.uri).host) return;
  if (await one(app.db, 'SELECT 1 FROM tombstones WHERE uri = $1', [uri])) return;
  const to = listOf(note.to);
  const cc = listOf(note.cc);
  const people = (await Promise.all([...to, ...cc].map((address) => accountByOwnUri(app, address)))).filter(
    (row) => row !== undefined,
  );
  const followed = await many(
    app.db,
    'SELECT f.account_id FROM follows f JOIN accounts a ON a.id = f.account_id WHERE f.target_account_id = $1 AND a.domain IS NULL',
    [actor.id],
  );
  if (people.length === 0 && followed.length === 0) return;
  const followers = String(actor.followers_url || '');
  const visibility = to.includes(PUBLIC) ? 0 : cc.includes(PUBLIC) ? 1 : to.includes(followers) ? 2 : 3;
  const status = await one(
    app.db,
    `INSERT INTO statuses (uri, url, text, spoiler_text, sensitive, visibility, account_id, local, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, false, $8) ON CONFLICT DO NOTHING RETURNING *`,
    [
      uri,
      typeof note.url === 'string' ? note.url : uri,
      stripHtml(String(note.content ?? '')),
      stripHtml(String(note.summary ?? '')),
      note.sensitive === true,
      visibility,
      actor.id,
      new Date(Date.parse(String(note.published)) || Date.now()),
    ],
  );
  if (!status) return;
  for (const target of people) {
    await app.db.query(
      'INSERT INTO mentions (status_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [status.id, target.id],
    );
    await notify(app, target.id, actor.id, 'Mention', status.id, 'mention');
  }
  await enqueue(app.redis, 'DistributionWorker', status.id);
}
