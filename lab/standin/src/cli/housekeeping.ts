import type { App } from '../core/app.ts';
import { many, one } from '../core/db.ts';
import { Problem } from '../core/problem.ts';
import { regenerate } from '../jobs/workers/feeds.ts';
import { localAccount } from '../model/accounts.ts';
import { mediaKeys } from '../model/media.ts';
import { writeSetting } from '../model/settings.ts';
import type { Parsed } from './arguments.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const dry = (parsed: Parsed): boolean => parsed.options.has('dry-run');
const suffix = (parsed: Parsed): string => (dry(parsed) ? ' (DRY RUN)' : '');

const megabytes = (bytes: number): string =>
  bytes < 1024 ** 2
    ? `${(bytes / 1024).toFixed(1)} KB`
    : bytes < 1024 ** 3
      ? `${(bytes / 1024 ** 2).toFixed(1)} MB`
      : `${(bytes / 1024 ** 3).toFixed(2)} GB`;

function before(parsed: Parsed, fallbackDays: number): Date {
  const days = Number(parsed.options.get('days') ?? fallbackDays);
  if (!Number.isFinite(days) || days < 0)
    throw new Problem('--days is not a number — tootctl — give a number of days');
  return new Date(Date.now() - days * 86_400_000);
}

/** Copies of other servers' files, whose rows stay: they can be fetched again. Local files are never touched by this. */
async function mediaRemove(app: App, parsed: Parsed): Promise<void> {
  if (parsed.options.has('prune-profiles')) return pruneProfiles(app, parsed);
  const rows = await many(
    app.db,
    `SELECT m.* FROM media_attachments m JOIN accounts a ON a.id = m.account_id
      WHERE a.domain IS NOT NULL AND m.remote_url <> '' AND m.file_file_name IS NOT NULL AND m.created_at < $1`,
    [before(parsed, 7)],
  );
  const bytes = rows.reduce((sum, row) => sum + Number(row.file_file_size ?? 0), 0);
  for (const row of dry(parsed) ? [] : rows) {
    await app.storage.remove(mediaKeys(row));
    await app.db.query(
      'UPDATE media_attachments SET file_file_name = NULL, file_file_size = NULL, file_updated_at = now() WHERE id = $1',
      [row.id],
    );
  }
  say(`Removed ${rows.length} media attachments (approx. ${megabytes(bytes)})${suffix(parsed)}`);
}

/** Pictures of remote profiles that nobody here follows and that follow nobody here. */
async function pruneProfiles(app: App, parsed: Parsed): Promise<void> {
  const where = `domain IS NOT NULL AND (avatar_file_name IS NOT NULL OR header_file_name IS NOT NULL) AND updated_at < $1
    AND NOT EXISTS (SELECT FROM follows f WHERE a.id IN (f.account_id, f.target_account_id))`;
  const sql = dry(parsed)
    ? `SELECT id FROM accounts a WHERE ${where}`
    : `UPDATE accounts a SET avatar_file_name = NULL, header_file_name = NULL WHERE ${where}`;
  const { rowCount } = await app.db.query(sql, [before(parsed, 7)]);
  say(`Visited ${rowCount} accounts and removed profile media totaling 0 Bytes${suffix(parsed)}`);
}

async function mediaUsage(app: App): Promise<void> {
  const row = await one(
    app.db,
    `SELECT coalesce(sum(file_file_size), 0) AS total, coalesce(sum(file_file_size) FILTER (WHERE a.domain IS NULL), 0) AS local
      FROM media_attachments m LEFT JOIN accounts a ON a.id = m.account_id`,
  );
  say(`Attachments:\t${megabytes(Number(row?.total))} (${megabytes(Number(row?.local))} local)`);
}

/** Objects in storage that no row knows. */
async function removeOrphans(app: App, parsed: Parsed): Promise<void> {
  let count = 0;
  let bytes = 0;
  for await (const { key, size } of app.storage.list('media_attachments/files/')) {
    const id = /^media_attachments\/files\/((?:\d{3}\/)+)/.exec(key)?.[1]?.replaceAll('/', '');
    const known = id && (await one(app.db, 'SELECT 1 FROM media_attachments WHERE id = $1', [id]));
    if (known) continue;
    count++;
    bytes += size;
    if (!dry(parsed)) await app.storage.remove([key]);
  }
  say(`Removed ${count} orphans (approx. ${megabytes(bytes)})${suffix(parsed)}`);
}

/** Remote statuses nobody here has to do with any more. */
async function statusesRemove(app: App, parsed: Parsed): Promise<void> {
  const { rowCount } = await app.db.query(
    `DELETE FROM statuses s WHERE s.local IS NOT TRUE AND s.created_at < $1
      AND NOT EXISTS (SELECT FROM favourites f WHERE f.status_id = s.id)
      AND NOT EXISTS (SELECT FROM mentions m JOIN accounts a ON a.id = m.account_id WHERE m.status_id = s.id AND a.domain IS NULL)
      AND NOT EXISTS (SELECT FROM follows f WHERE f.target_account_id = s.account_id)`,
    [before(parsed, 90)],
  );
  say(`Done after 0s, removed ${rowCount} out of ${rowCount} statuses.`);
}

async function previewCardsRemove(app: App, parsed: Parsed): Promise<void> {
  const sql = dry(parsed)
    ? 'SELECT id FROM preview_cards WHERE updated_at < $1'
    : 'DELETE FROM preview_cards WHERE updated_at < $1';
  const { rowCount } = await app.db.query(sql, [before(parsed, 180)]);
  say(`Removed ${rowCount} preview cards (approx. 0 Bytes)${suffix(parsed)}`);
}

async function cacheClear(app: App): Promise<void> {
  const keys = await app.redis.keys('cache:*');
  if (keys.length > 0) await app.redis.unlink(...keys);
  say('OK');
}

async function feedsBuild(app: App, parsed: Parsed): Promise<void> {
  if (!parsed.words[0]) {
    const rows = await many(app.db, 'SELECT account_id FROM users');
    for (const { account_id } of rows) await regenerate(app, account_id);
    say(`Regenerated feeds for ${rows.length} accounts`);
    return;
  }
  const account = await localAccount(app, parsed.words[0]);
  if (!account) throw new Problem('No such account');
  await regenerate(app, account.id);
  say('OK');
}

async function feedsClear(app: App): Promise<void> {
  const keys = await app.redis.keys('feed:*');
  if (keys.length > 0) await app.redis.unlink(...keys);
  say('OK');
}

const registrations =
  (mode: string) =>
  async (app: App, parsed: Parsed): Promise<void> => {
    const approval =
      mode === 'open' && (parsed.options.has('require-reason') || parsed.options.get('mode') === 'approved');
    await writeSetting(app.db, app.env, 'registrations_mode', approval ? 'approved' : mode);
    say('OK');
  };

/** Never: it deletes the instance and tells every server so. */
async function selfDestruct(): Promise<void> {
  throw new Problem('self-destruct is refused — the stand-in — remove the stack instead');
}

export const housekeepingCommands: Record<string, (app: App, parsed: Parsed) => Promise<void>> = {
  'media remove': mediaRemove,
  'media usage': mediaUsage,
  'media remove-orphans': removeOrphans,
  'media remove_orphans': removeOrphans,
  'statuses remove': statusesRemove,
  'preview_cards remove': previewCardsRemove,
  'cache clear': cacheClear,
  'cache recount': cacheClear,
  'feeds build': feedsBuild,
  'feeds clear': feedsClear,
  'settings registrations open': registrations('open'),
  'settings registrations approved': registrations('approved'),
  'settings registrations close': registrations('none'),
  'self-destruct': selfDestruct,
};
