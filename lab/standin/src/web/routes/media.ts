import { one, type Row } from '../../core/db.ts';
import { createMedia } from '../../model/media.ts';
import { requireUser } from '../auth.ts';
import type { Context } from '../context.ts';
import { notFound, unprocessable } from '../errors.ts';
import { route } from '../router.ts';
import { mediaJson } from '../serialize.ts';

const unfinished = (row: Row): boolean => row.processing !== null && row.processing !== 2;

async function upload(context: Context): Promise<void> {
  const token = await requireUser(context, 'write:media');
  const form = await context.form();
  const file = form.uploads.get('file');
  if (!file) throw unprocessable("File can't be blank");
  const row = await createMedia(context.app, token.account_id, file, form.get('description'));
  context.json(mediaJson(context.app, row), unfinished(row) ? 202 : 200);
}

async function own(context: Context, scope: string): Promise<Row> {
  const token = await requireUser(context, scope);
  const id = context.params.id ?? '';
  const row = /^\d+$/.test(id)
    ? await one(context.app.db, 'SELECT * FROM media_attachments WHERE id = $1 AND account_id = $2', [
        id,
        token.account_id,
      ])
    : undefined;
  if (!row) throw notFound();
  return row;
}

async function show(context: Context): Promise<void> {
  const row = await own(context, 'write:media');
  context.json(mediaJson(context.app, row), unfinished(row) ? 206 : 200);
}

async function update(context: Context): Promise<void> {
  const row = await own(context, 'write:media');
  const description = (await context.form()).get('description') ?? null;
  await context.app.db.query(
    'UPDATE media_attachments SET description = $2, updated_at = now() WHERE id = $1',
    [row.id, description],
  );
  context.json(mediaJson(context.app, { ...row, description }));
}

export const mediaRoutes = [
  route('POST', '/api/v2/media', upload),
  route('POST', '/api/v1/media', upload),
  route('GET', '/api/v1/media/:id', show),
  route('PUT', '/api/v1/media/:id', update),
];
