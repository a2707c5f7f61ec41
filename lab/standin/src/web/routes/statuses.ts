import type { App } from '../../core/app.ts';
import { many, one, type Row } from '../../core/db.ts';
import { accountById } from '../../model/accounts.ts';
import { deleteStatus, postStatus, statusById, visibleTo } from '../../model/statuses.ts';
import { VISIBILITIES } from '../../model/visibility.ts';
import { optionalToken, requireUser } from '../auth.ts';
import type { Context } from '../context.ts';
import { HttpError, notFound, unprocessable } from '../errors.ts';
import type { Form } from '../form.ts';
import { route } from '../router.ts';
import { mediaJson, statusJson } from '../serialize.ts';

/** Mastodon: a scheduled status lies at least five minutes ahead. */
const MINIMUM_OFFSET_MS = 5 * 60_000;
const KEY_SECONDS = 3600;

async function attachable(app: App, accountId: string, ids: string[]): Promise<Row[]> {
  if (ids.length > 4) throw unprocessable('Cannot attach more than 4 files');
  const rows = await many(
    app.db,
    'SELECT * FROM media_attachments WHERE id::text = ANY($1) AND account_id = $2 AND status_id IS NULL AND scheduled_status_id IS NULL',
    [ids, accountId],
  );
  if (rows.length !== ids.length) throw unprocessable('Media could not be found');
  if (rows.some((row) => row.processing !== null && row.processing !== 2))
    throw unprocessable('Cannot attach files that have not finished processing. Try again in a moment!');
  return rows;
}

async function create(context: Context): Promise<void> {
  const { app } = context;
  const token = await requireUser(context, 'write:statuses');
  const form = await context.form();
  const key = context.req.headers['idempotency-key'];
  const lock = key ? `idempotency:status:${token.account_id}:${key}` : undefined;
  const before = lock ? await app.redis.get(lock) : null;
  const repeated = before ? await statusById(app, before) : undefined;
  if (repeated) return context.json(await statusJson(app, repeated));
  const input = readStatus(app, form);
  const media = await attachable(app, token.account_id, form.all('media_ids'));
  if (input.text === '' && media.length === 0) throw unprocessable("Text can't be blank");
  const at = form.get('scheduled_at');
  if (at)
    return schedule(
      context,
      token.account_id,
      new Date(at),
      { ...input, mediaIds: form.all('media_ids'), applicationId: token.application_id },
      media,
    );
  const account = (await accountById(app, token.account_id)) as Row;
  const status = await postStatus(app, account, {
    ...input,
    mediaIds: form.all('media_ids'),
    applicationId: token.application_id,
  });
  if (lock) await app.redis.set(lock, status.id, 'EX', KEY_SECONDS);
  context.json(await statusJson(app, status));
}

function readStatus(app: App, form: Form) {
  const text = form.get('status') ?? '';
  const visibility = form.get('visibility') || 'public';
  if (!VISIBILITIES.includes(visibility as never))
    throw unprocessable('Visibility is not included in the list');
  if ([...text].length > app.env.maxCharacters)
    throw unprocessable(`Text character limit of ${app.env.maxCharacters} exceeded`);
  return {
    text,
    visibility,
    spoilerText: form.get('spoiler_text'),
    sensitive: form.flag('sensitive'),
    inReplyToId: form.get('in_reply_to_id'),
    language: form.get('language'),
    localOnly: form.flag('local_only'),
  };
}

async function schedule(
  context: Context,
  accountId: string,
  at: Date,
  params: object,
  media: Row[],
): Promise<void> {
  const { app } = context;
  if (!(at.getTime() >= Date.now() + MINIMUM_OFFSET_MS / app.env.speed))
    throw unprocessable('Scheduled at The scheduled date must be in the future');
  const row = (await one(
    app.db,
    'INSERT INTO scheduled_statuses (account_id, scheduled_at, params) VALUES ($1, $2, $3) RETURNING *',
    [accountId, at, JSON.stringify(params)],
  )) as Row;
  await app.db.query('UPDATE media_attachments SET scheduled_status_id = $1 WHERE id = ANY($2)', [
    row.id,
    media.map((item) => item.id),
  ]);
  context.json(scheduledJson(app, row, media));
}

const scheduledJson = (app: App, row: Row, media: Row[]): object => ({
  id: row.id,
  scheduled_at: (row.scheduled_at as Date).toISOString(),
  params: row.params,
  media_attachments: media.map((item) => mediaJson(app, item)),
});

async function show(context: Context): Promise<void> {
  const token = await optionalToken(context);
  const status = await statusById(context.app, context.params.id ?? '');
  if (!status || !(await visibleTo(context.app, status, token?.account_id))) throw notFound();
  context.json(await statusJson(context.app, status));
}

async function remove(context: Context): Promise<void> {
  const token = await requireUser(context, 'write:statuses');
  const status = await statusById(context.app, context.params.id ?? '');
  if (status?.account_id !== token.account_id || !status) throw notFound();
  const body = await statusJson(context.app, status);
  await deleteStatus(context.app, status.id);
  context.json({ ...body, text: status.text });
}

async function pin(context: Context): Promise<void> {
  const token = await requireUser(context, 'write:accounts');
  const status = await statusById(context.app, context.params.id ?? '');
  if (!status) throw notFound();
  if (status.account_id !== token.account_id)
    throw new HttpError(422, "Validation failed: Someone else's post cannot be pinned");
  await context.app.db.query(
    'INSERT INTO status_pins (account_id, status_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [token.account_id, status.id],
  );
  context.json(await statusJson(context.app, status));
}

async function listScheduled(context: Context): Promise<void> {
  const token = await requireUser(context, 'read:statuses');
  const rows = await many(
    context.app.db,
    'SELECT * FROM scheduled_statuses WHERE account_id = $1 ORDER BY id',
    [token.account_id],
  );
  context.json(rows.map((row) => scheduledJson(context.app, row, [])));
}

export const statusRoutes = [
  route('POST', '/api/v1/statuses', create),
  route('GET', '/api/v1/statuses/:id', show),
  route('DELETE', '/api/v1/statuses/:id', remove),
  route('POST', '/api/v1/statuses/:id/pin', pin),
  route('GET', '/api/v1/scheduled_statuses', listScheduled),
];
