import type { App } from '../core/app.ts';
import { many } from '../core/db.ts';

/** Inboxes of an account's remote followers, one per server where it shares one. */
export async function followerInboxes(app: App, accountId: string): Promise<string[]> {
  const rows = await many(
    app.db,
    `SELECT DISTINCT coalesce(nullif(a.shared_inbox_url, ''), a.inbox_url) AS inbox FROM follows f
      JOIN accounts a ON a.id = f.account_id WHERE f.target_account_id = $1 AND a.domain IS NOT NULL`,
    [accountId],
  );
  return rows.map((row) => row.inbox as string).filter((inbox) => inbox !== '');
}

/** Inboxes of the remote accounts a status mentions. */
export async function mentionInboxes(app: App, statusId: string): Promise<string[]> {
  const rows = await many(
    app.db,
    `SELECT DISTINCT coalesce(nullif(a.shared_inbox_url, ''), a.inbox_url) AS inbox FROM mentions m
      JOIN accounts a ON a.id = m.account_id WHERE m.status_id = $1 AND a.domain IS NOT NULL`,
    [statusId],
  );
  return rows.map((row) => row.inbox as string).filter((inbox) => inbox !== '');
}
