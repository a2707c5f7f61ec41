import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { App } from '../core/app.ts';
import { many, one, type Row } from '../core/db.ts';
import { enqueue } from '../jobs/enqueue.ts';
import { unprocessable } from '../web/errors.ts';
import type { Upload } from '../web/form.ts';
import { IMAGE_LIMIT, imageSize, KINDS, sniff, VIDEO_LIMIT } from './media-type.ts';

/** Checks an upload, stores it, and files it; videos and sound are finished by a worker. */
export async function createMedia(
  app: App,
  accountId: string,
  upload: Upload,
  description?: string,
): Promise<Row> {
  const head = await firstBytes(upload.path);
  const type = sniff(head);
  if (!type) throw unprocessable('File content type is invalid, File is invalid');
  const limit = type.kind === 'image' ? IMAGE_LIMIT : VIDEO_LIMIT;
  if (upload.size > limit) throw unprocessable(`File file size must be less than ${limit / 1024 / 1024} MB`);
  const name = `${randomBytes(8).toString('hex')}.${type.extension}`;
  const id = (await one(app.db, `SELECT timestamp_id('media_attachments') AS id`))?.id as string;
  const [digest] = await Promise.all([
    hashFile(upload.path),
    app.storage.put(mediaKey(id, 'original', name), upload.path, type.contentType),
  ]);
  const size = type.kind === 'image' ? imageSize(head) : undefined;
  if (type.kind === 'image')
    await app.storage.put(mediaKey(id, 'small', name), upload.path, type.contentType);
  const slow = type.kind !== 'image';
  const row = (await one(
    app.db,
    `INSERT INTO media_attachments (id, account_id, file_file_name, file_content_type, file_file_size, file_updated_at,
        file_meta, file_digest, type, description, processing, shortcode)
      VALUES ($1, $2, $3, $4, $5, now(), $6, $7, $8, $9, $10, $11) RETURNING *`,
    [
      id,
      accountId,
      name,
      type.contentType,
      upload.size,
      JSON.stringify(
        size
          ? { original: { ...size, size: `${size.width}x${size.height}`, aspect: size.width / size.height } }
          : {},
      ),
      digest,
      KINDS.indexOf(type.kind),
      description ?? null,
      slow ? 0 : 2,
      randomBytes(14).toString('base64url'),
    ],
  )) as Row;
  if (slow) await enqueue(app.redis, 'PostProcessMediaWorker', id);
  return row;
}

/** `112/233/…` out of an id, as Paperclip splits it. */
export const mediaKey = (id: string, style: 'original' | 'small', name: string): string =>
  `media_attachments/files/${id.padStart(18, '0').match(/\d{3}/g)?.join('/')}/${style}/${name}`;

export const mediaKeys = (row: Row): string[] =>
  row.file_file_name
    ? [
        mediaKey(row.id, 'original', row.file_file_name),
        ...(row.type === 0 ? [mediaKey(row.id, 'small', row.file_file_name)] : []),
      ]
    : [];

/** Removes files and rows; the files first, so that none is left without a row to find it by. */
export async function destroyMedia(app: App, rows: Row[]): Promise<number> {
  for (const row of rows) {
    await app.storage.remove(mediaKeys(row));
    await app.db.query('DELETE FROM media_attachments WHERE id = $1', [row.id]);
  }
  return rows.length;
}

export const unattachedMedia = (app: App, olderThan: Date): Promise<Row[]> =>
  many(
    app.db,
    `SELECT * FROM media_attachments WHERE status_id IS NULL AND scheduled_status_id IS NULL AND created_at < $1`,
    [olderThan],
  );

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(64 * 1024);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
