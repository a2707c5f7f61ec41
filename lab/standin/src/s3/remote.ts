import { open } from 'node:fs/promises';
import type { S3Env } from '../core/env-s3.ts';
import { type S3Client, s3Client } from './client.ts';
import type { Storage } from './storage.ts';

const PART = 8 * 1024 * 1024;

export function s3Storage(env: S3Env): Storage {
  const call = s3Client(env);
  const root = env.aliasHost
    ? `${env.protocol}://${env.aliasHost}`
    : env.pathStyle
      ? `${env.protocol}://${env.hostname}/${env.bucket}`
      : `${env.protocol}://${env.bucket}.${env.hostname}`;
  return {
    put: (key, file, contentType) => put(call, env, key, file, contentType),
    async remove(keys) {
      // one by one: a batch delete wants Content-MD5 and hides which key failed
      for (const key of keys) await call({ method: 'DELETE', key });
    },
    list: (prefix) => list(call, prefix),
    url: (key) => `${root}/${key}`,
  };
}

async function put(
  call: S3Client,
  env: S3Env,
  key: string,
  path: string,
  contentType: string,
): Promise<void> {
  const headers: Record<string, string> = {
    'content-type': contentType,
    'cache-control': 'public, max-age=315576000, immutable',
    ...(env.permission ? { 'x-amz-acl': env.permission } : {}),
  };
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size <= env.multipartThreshold) {
      await call({ method: 'PUT', key, headers, body: await file.readFile() });
      return;
    }
    await putParts(call, key, headers, size, async (from, length) => {
      const part = Buffer.allocUnsafe(length);
      await file.read(part, 0, length, from);
      return part;
    });
  } finally {
    await file.close();
  }
}

async function putParts(
  call: S3Client,
  key: string,
  headers: Record<string, string>,
  size: number,
  read: (from: number, length: number) => Promise<Buffer>,
): Promise<void> {
  const begun = await call({ method: 'POST', key, query: { uploads: '' }, headers });
  const uploadId = /<UploadId>([^<]+)</.exec(begun.body.toString())?.[1];
  if (!uploadId) throw new Error(`the S3 service began no multipart upload of ${key}`);
  try {
    const etags: string[] = [];
    for (let from = 0; from < size; from += PART) {
      const body = await read(from, Math.min(PART, size - from));
      const query = { partNumber: String(etags.length + 1), uploadId };
      const { headers: answer } = await call({ method: 'PUT', key, query, body });
      etags.push(String(answer.etag));
    }
    const parts = etags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    const done = await call({ method: 'POST', key, query: { uploadId }, body });
    // S3 may answer 200 and put the failure in the body
    if (done.body.includes('<Error>'))
      throw new Error(`multipart upload of ${key} failed: ${done.body.toString()}`);
  } catch (error) {
    await call({ method: 'DELETE', key, query: { uploadId } }).catch(() => undefined);
    throw error;
  }
}

async function* list(
  call: S3Client,
  prefix: string,
): AsyncIterable<{ key: string; size: number; modified: Date }> {
  let token: string | undefined;
  do {
    const query: Record<string, string> = { 'list-type': '2', prefix };
    if (token) query['continuation-token'] = token;
    const xml = (await call({ method: 'GET', query })).body.toString('utf8');
    for (const [, item] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const field = (name: string): string =>
        new RegExp(`<${name}>([^<]*)</${name}>`).exec(item ?? '')?.[1] ?? '';
      const key = field('Key').replace(/&amp;/g, '&').replace(/&lt;/g, '<').replace(/&gt;/g, '>');
      yield { key, size: Number(field('Size')), modified: new Date(field('LastModified')) };
    }
    token = /<NextContinuationToken>([^<]+)</.exec(xml)?.[1];
  } while (token);
}
