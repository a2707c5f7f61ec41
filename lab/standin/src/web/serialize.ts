import { statusUri } from '../activitypub/document.ts';
import type { App } from '../core/app.ts';
import { many, type Row } from '../core/db.ts';
import { accountCounts, accountUri, accountUrl } from '../model/accounts.ts';
import { formatText } from '../model/format.ts';
import { mediaKey } from '../model/media.ts';
import { mediaOf } from '../model/media-order.ts';
import { KINDS, type MediaKind } from '../model/media-type.ts';
import { visibilityName } from '../model/visibility.ts';

const time = (value: Date): string => value.toISOString();

export async function accountsJson(app: App, accounts: Row[]): Promise<object[]> {
  const counts = await accountCounts(
    app,
    accounts.map((account) => account.id),
  );
  return accounts.map((account) => {
    const count = counts.get(account.id);
    const avatar = `${app.origin}/avatars/original/missing.png`;
    return {
      id: account.id,
      username: account.username,
      acct: account.domain ? `${account.username}@${account.domain}` : account.username,
      display_name: account.display_name,
      locked: account.locked,
      bot: account.actor_type === 'Application' || account.actor_type === 'Service',
      discoverable: account.discoverable,
      created_at: time(account.created_at),
      note: account.domain ? account.note : formatText(account.note),
      url: accountUrl(app, account),
      uri: accountUri(app, account),
      avatar,
      avatar_static: avatar,
      header: avatar,
      header_static: avatar,
      followers_count: Number(count?.followers ?? 0),
      following_count: Number(count?.following ?? 0),
      statuses_count: Number(count?.statuses ?? 0),
      emojis: [],
      fields: [],
    };
  });
}

export const accountJson = async (app: App, account: Row): Promise<object> =>
  (await accountsJson(app, [account]))[0] as object;

export function mediaJson(app: App, row: Row): object {
  const name = row.file_file_name as string | null;
  const url = name ? app.storage.url(mediaKey(row.id, 'original', name)) : row.remote_url;
  const ready = row.processing === null || row.processing === 2;
  return {
    id: row.id,
    type: (KINDS[row.type] ?? 'unknown') satisfies MediaKind,
    url: ready ? url : null,
    preview_url: name && row.type === 0 ? app.storage.url(mediaKey(row.id, 'small', name)) : null,
    remote_url: row.remote_url || null,
    text_url: null,
    meta: row.file_meta ?? {},
    description: row.description,
    blurhash: row.blurhash,
  };
}

/** Statuses in the given order, with everything that belongs to them, in a fixed number of queries. */
export async function statusesJson(app: App, statuses: Row[]): Promise<object[]> {
  const ids = statuses.map((status) => status.id as string);
  const [accounts, media, mentions] = await Promise.all([
    many(app.db, 'SELECT * FROM accounts WHERE id = ANY($1)', [statuses.map((status) => status.account_id)]),
    mediaOf(app.db, app.env, ids),
    many(
      app.db,
      'SELECT m.status_id, a.* FROM mentions m JOIN accounts a ON a.id = m.account_id WHERE m.status_id = ANY($1)',
      [ids],
    ),
  ]);
  const rendered = await accountsJson(app, accounts);
  const byId = new Map(
    accounts.map((account, i) => [account.id as string, { row: account, json: rendered[i] }]),
  );
  return statuses.map((status) => {
    const author = byId.get(status.account_id);
    const row = author?.row as Row;
    return {
      id: status.id,
      created_at: time(status.created_at),
      in_reply_to_id: status.in_reply_to_id,
      in_reply_to_account_id: null,
      sensitive: status.sensitive,
      spoiler_text: status.spoiler_text,
      visibility: visibilityName(status.visibility),
      language: status.language,
      uri: statusUri(app, row, status),
      url: status.url ?? `${app.origin}/@${row.username}/${status.id}`,
      replies_count: 0,
      reblogs_count: 0,
      favourites_count: 0,
      ...(app.env.version.hometown ? { local_only: status.local_only } : {}),
      edited_at: null,
      content: formatText(status.text),
      reblog: null,
      account: author?.json,
      media_attachments: media
        .filter((item) => item.status_id === status.id)
        .map((item) => mediaJson(app, item)),
      mentions: mentions
        .filter((item) => item.status_id === status.id)
        .map((item) => ({
          id: item.id,
          username: item.username,
          acct: item.domain ? `${item.username}@${item.domain}` : item.username,
          url: accountUrl(app, item),
        })),
      tags: [],
      emojis: [],
      card: null,
      poll: null,
    };
  });
}

export const statusJson = async (app: App, status: Row): Promise<object> =>
  (await statusesJson(app, [status]))[0] as object;
