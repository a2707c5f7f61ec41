import { many, one, type Row } from '../../core/db.ts';
import { forTheWorld } from '../../model/local-only.ts';
import { statusesById } from '../../model/statuses.ts';
import { optionalToken, requireUser } from '../auth.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { route } from '../router.ts';
import { accountJson, statusesJson } from '../serialize.ts';

const limitOf = (context: Context): number =>
  Math.min(40, Math.max(1, Number(context.url.searchParams.get('limit')) || 20));

const idOf = (context: Context, name: string, fallback: string): string => {
  const value = context.url.searchParams.get(name) ?? '';
  return /^\d{1,19}$/.test(value) ? value : fallback;
};

const MAX_ID = '9223372036854775807';

/** Newest statuses that satisfy a condition; `$1`–`$3` are taken by paging. */
async function page(context: Context, where: string, values: unknown[]): Promise<void> {
  const rows = await many(
    context.app.db,
    `SELECT s.* FROM statuses s JOIN accounts a ON a.id = s.account_id
      WHERE s.deleted_at IS NULL AND a.suspended_at IS NULL AND s.id < $1 AND s.id > $2 AND ${where} ORDER BY s.id DESC LIMIT $3`,
    [idOf(context, 'max_id', MAX_ID), idOf(context, 'since_id', '0'), limitOf(context), ...values],
  );
  answer(context, rows, await statusesJson(context.app, rows));
}

function answer(context: Context, rows: Row[], body: object[]): void {
  const last = rows.at(-1);
  if (last) {
    const base = `${context.app.origin}${context.url.pathname}`;
    context.res.setHeader(
      'link',
      `<${base}?max_id=${last.id}>; rel="next", <${base}?min_id=${rows[0]?.id}>; rel="prev"`,
    );
  }
  context.json(body);
}

async function publicTimeline(context: Context): Promise<void> {
  const token = await optionalToken(context);
  const world = token ? '' : forTheWorld(context.app, 's');
  const local = ['true', '1'].includes(context.url.searchParams.get('local') ?? '');
  await page(
    context,
    `s.visibility = 0 AND s.reblog_of_id IS NULL${local ? ' AND s.local' : ''}${world}`,
    [],
  );
}

async function home(context: Context): Promise<void> {
  const token = await requireUser(context, 'read:statuses');
  const max = idOf(context, 'max_id', '');
  const ids = await context.app.redis.zrevrangebyscore(
    `feed:home:${token.account_id}`,
    max ? `(${max}` : '+inf',
    `(${idOf(context, 'since_id', '0')}`,
    'LIMIT',
    0,
    limitOf(context),
  );
  const rows = await statusesById(context.app, ids);
  answer(context, rows, await statusesJson(context.app, rows));
}

async function account(context: Context): Promise<void> {
  const token = await optionalToken(context);
  const id = context.params.id ?? '';
  if (!/^\d+$/.test(id)) throw notFound();
  const own = token?.account_id === id;
  await page(
    context,
    `s.account_id = $4 AND s.visibility <= ${own ? 3 : 1}${token ? '' : forTheWorld(context.app, 's')}`,
    [id],
  );
}

async function notifications(context: Context): Promise<void> {
  const { app } = context;
  const token = await requireUser(context, 'read:notifications');
  const rows = await many(
    app.db,
    'SELECT * FROM notifications WHERE account_id = $1 ORDER BY id DESC LIMIT $2',
    [token.account_id, limitOf(context)],
  );
  const body = [];
  for (const row of rows) {
    const from = await one(app.db, 'SELECT * FROM accounts WHERE id = $1', [row.from_account_id]);
    const statuses = row.activity_type === 'Mention' ? await statusesById(app, [row.activity_id]) : [];
    const [status] = await statusesJson(app, statuses);
    body.push({
      id: row.id,
      type: row.type,
      created_at: row.created_at.toISOString(),
      account: await accountJson(app, from as Row),
      status,
    });
  }
  context.json(body);
}

export const timelineRoutes = [
  route('GET', '/api/v1/timelines/public', publicTimeline),
  route('GET', '/api/v1/timelines/home', home),
  route('GET', '/api/v1/accounts/:id/statuses', account),
  route('GET', '/api/v1/notifications', notifications),
];
