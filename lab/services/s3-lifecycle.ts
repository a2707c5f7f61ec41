import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { paths } from '../paths.ts';
import { type Bucket, type Sdk, withS3 } from './s3-sdk.ts';

export interface LifecycleRule {
  id?: string;
  enabled: boolean;
  prefix?: string;
  expirationDays?: number;
  noncurrentDays?: number;
  abortIncompleteMultipartUploadDays?: number;
}

export const lifecycleFile = ({ region, name }: Bucket) =>
  join(paths.s3, 'lifecycle', region, `${name}.json`);

/** Records a bucket's lifecycle; `applyLifecycle` executes it, as a cloud does once a day. */
export async function setLifecycle(bucket: Bucket, rules: LifecycleRule[]): Promise<void> {
  const file = lifecycleFile(bucket);
  mkdirSync(dirname(file), { recursive: true });
  if (rules.length) writeFileSync(file, JSON.stringify(rules, null, 2));
  else rmSync(file, { force: true });
}

export interface LifecycleResult {
  region: string;
  bucket: string;
  removed: number;
  aborted: number;
}

const dayMs = 86_400_000;

/** Executes every recorded lifecycle as of `now`; a test may look into the future. */
export async function applyLifecycle(now = new Date()): Promise<LifecycleResult[]> {
  const results: LifecycleResult[] = [];
  const dir = join(paths.s3, 'lifecycle');
  for (const region of existsSync(dir) ? readdirSync(dir) : []) {
    for (const file of readdirSync(join(dir, region))) {
      const bucket = { region, name: file.replace(/\.json$/, '') };
      const rules = JSON.parse(readFileSync(lifecycleFile(bucket), 'utf8')) as LifecycleRule[];
      const sum = { region, bucket: bucket.name, removed: 0, aborted: 0 };
      for (const rule of rules.filter((each) => each.enabled)) {
        const done = await withS3(region, (client, sdk) => execute(client, sdk, bucket, rule, now));
        sum.removed += done.removed;
        sum.aborted += done.aborted;
      }
      results.push(sum);
    }
  }
  return results;
}

async function execute(client: S3Client, sdk: Sdk, { name }: Bucket, rule: LifecycleRule, now: Date) {
  const before = (days: number | undefined) =>
    days ? now.getTime() - days * dayMs : Number.NEGATIVE_INFINITY;
  const doomed: { Key: string; VersionId?: string }[] = [];
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  // A version became noncurrent when its successor came.
  let previous: { key: string; at: number } | undefined;
  do {
    const page = await client.send(
      new sdk.ListObjectVersionsCommand({ Bucket: name, Prefix: rule.prefix, KeyMarker, VersionIdMarker }),
    );
    const entries = [
      ...(page.Versions ?? []),
      ...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, deleted: true })),
    ].map((entry) => ({ ...entry, key: entry.Key as string, at: entry.LastModified?.getTime() ?? 0 }));
    entries.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : b.at - a.at));
    for (const entry of entries) {
      const since = previous?.key === entry.key ? previous.at : undefined;
      previous = { key: entry.key, at: entry.at };
      if (entry.IsLatest ? isExpired(entry) : since !== undefined && since < before(rule.noncurrentDays))
        doomed.push({ Key: entry.key, ...(entry.IsLatest ? {} : { VersionId: entry.VersionId }) });
    }
    KeyMarker = page.NextKeyMarker;
    VersionIdMarker = page.NextVersionIdMarker;
    if (!page.IsTruncated) break;
  } while (KeyMarker);

  function isExpired(entry: { at: number }): boolean {
    return !('deleted' in entry) && entry.at < before(rule.expirationDays);
  }

  for (let i = 0; i < doomed.length; i += 1000)
    await client.send(
      new sdk.DeleteObjectsCommand({ Bucket: name, Delete: { Objects: doomed.slice(i, i + 1000) } }),
    );
  return { removed: doomed.length, aborted: await abortOld(client, sdk, name, rule, before) };
}

async function abortOld(
  client: S3Client,
  sdk: Sdk,
  Bucket: string,
  rule: LifecycleRule,
  before: (days: number | undefined) => number,
): Promise<number> {
  const { Uploads } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: rule.prefix }));
  const old = (Uploads ?? []).filter(
    (upload) => (upload.Initiated?.getTime() ?? 0) < before(rule.abortIncompleteMultipartUploadDays),
  );
  for (const { Key, UploadId } of old)
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  return old.length;
}
