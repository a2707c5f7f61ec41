import './scratch.ts';
import { createHash, randomBytes } from 'node:crypto';
import * as sdk from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { labFetch } from '../../../lab/client.ts';
import * as s3 from '../../../lab/services/s3-admin.ts';
import { backups, clientOf, may, media, origin, outcome, put, region, startStorage } from './storage.ts';

let app: sdk.S3Client;
beforeAll(async () => {
  app = await startStorage();
});

test('a multipart upload of 24 MB arrives whole, and public', async () => {
  const bytes = randomBytes(24 << 20);
  const to = { Bucket: media.name, Key: 'film' };
  const { UploadId } = await app.send(new sdk.CreateMultipartUploadCommand({ ...to, ACL: 'public-read' }));
  const Parts: sdk.CompletedPart[] = [];
  for (const PartNumber of [1, 2, 3]) {
    const Body = bytes.subarray((PartNumber - 1) << 23, PartNumber << 23);
    const { ETag } = await app.send(new sdk.UploadPartCommand({ ...to, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  await app.send(new sdk.CompleteMultipartUploadCommand({ ...to, UploadId, MultipartUpload: { Parts } }));
  const got = new Uint8Array(await (await labFetch(`${origin}/${media.name}/film`)).arrayBuffer());
  const md5 = (data: Uint8Array) => createHash('md5').update(data).digest('hex');
  expect(md5(got)).toBe(md5(bytes));
});

test('hundreds of small and large uploads at once all succeed', async () => {
  const sizes = [0, 1, 300, 40_000, 700_000];
  const worker = async (_: unknown, w: number) => {
    for (let i = 0; i < 40; i++) {
      const Body = Buffer.alloc(sizes[(i + w) % sizes.length] as number, 'x');
      await put(app, media, `many/${i % 7}/${w}-${i}`, { Body });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  const { KeyCount } = await app.send(new sdk.ListObjectsV2Command({ Bucket: media.name, Prefix: 'many/' }));
  expect(KeyCount).toBe(320);
});

test('a large upload that is refused is told why', async () => {
  const thief = clientOf('nobody');
  const tries = Array.from({ length: 5 }, () =>
    outcome(put(thief, media, 'x', { Body: Buffer.alloc(8 << 20) })),
  );
  expect(await Promise.all(tries)).toEqual(tries.map(() => 'AccessDenied'));
});

test('old versions are kept where versioning is on, and a lifecycle removes them when their time has come', async () => {
  const Bucket = backups.name;
  const versions = async () =>
    (await app.send(new sdk.ListObjectVersionsCommand({ Bucket, Prefix: 'life/' }))).Versions?.length ?? 0;
  for (const Body of ['one', 'two', 'three']) await put(app, backups, 'life/x', { Body });
  await app.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key: 'life/never-finished' }));
  expect(await versions()).toBe(3);
  const rule = { enabled: true, prefix: 'life/', noncurrentDays: 30, abortIncompleteMultipartUploadDays: 7 };
  await s3.setLifecycle(backups, [rule]);
  const inDays = (days: number) => s3.applyLifecycle(new Date(Date.now() + days * 86_400_000));
  expect(await inDays(29)).toEqual([{ region, bucket: Bucket, removed: 0, aborted: 1 }]);
  expect(await versions()).toBe(3);
  expect(await inDays(31)).toEqual([{ region, bucket: Bucket, removed: 2, aborted: 0 }]);
  const { Body } = await app.send(new sdk.GetObjectCommand({ Bucket, Key: 'life/x' }));
  expect(await Body?.transformToString()).toBe('three');
});

test('an expired object goes, and a rule that is switched off does nothing', async () => {
  await put(app, media, 'cache/old');
  const inDays = (days: number) => s3.applyLifecycle(new Date(Date.now() + days * 86_400_000));
  const removed = async () => (await inDays(3)).find(({ bucket }) => bucket === media.name)?.removed;
  await s3.setLifecycle(media, [{ enabled: false, prefix: 'cache/', expirationDays: 2 }]);
  expect(await removed()).toBe(0);
  await s3.setLifecycle(media, [{ enabled: true, prefix: 'cache/', expirationDays: 2 }]);
  expect(await removed()).toBe(1);
  const { KeyCount } = await app.send(new sdk.ListObjectsV2Command({ Bucket: media.name, Prefix: 'cache/' }));
  expect(KeyCount).toBe(0);
});

test('browsers of the origins that CORS names are answered, others are not', async () => {
  await put(app, media, 'font', { ACL: 'public-read' });
  await s3.setCors(media, [{ allowedOrigins: ['https://staging.social.coop'], allowedMethods: ['GET'] }]);
  const allowed = async (from: string) => {
    const headers = { origin: from, 'access-control-request-method': 'GET' };
    const answer = await labFetch(`${origin}/${media.name}/font`, { method: 'OPTIONS', headers });
    return answer.headers.get('access-control-allow-origin');
  };
  expect(await allowed('https://staging.social.coop')).toBe('https://staging.social.coop');
  expect(await allowed('https://evil.example')).toBeNull();
});

test('a bucket that holds anything, even only old versions, is deleted by force alone, and leaves nothing public', async () => {
  const bucket = { region, name: 'test-full' };
  await s3.createBucket({ ...bucket, versioning: true });
  await expect(s3.createBucket(bucket)).rejects.toMatchObject({ code: 'BucketAlreadyExists' });
  await s3.setGrants(bucket, [may('app', 'readwrite')]);
  await put(app, bucket, 'x', { ACL: 'public-read' });
  await expect(s3.deleteBucket(bucket)).rejects.toMatchObject({ code: 'BucketNotEmpty' });
  await app.send(new sdk.DeleteObjectCommand({ Bucket: bucket.name, Key: 'x' }));
  await expect(s3.deleteBucket(bucket)).rejects.toMatchObject({ code: 'BucketNotEmpty' });
  await s3.deleteBucket({ ...bucket, force: true });
  expect(await s3.bucketExists(bucket)).toBe(false);
  await s3.createBucket(bucket);
  expect((await labFetch(`${origin}/${bucket.name}/x`)).status).toBe(403);
  await s3.deleteBucket(bucket);
});

test('a bucket in another region gets a gateway of its own there', async () => {
  const far = { region: 'ams3', name: 'test-far' };
  const look = async () => (await labFetch('https://ams3.digitaloceanspaces.com/test-far/x')).status;
  expect(await look()).toBe(404);
  await s3.createBucket(far);
  expect(await look()).toBe(403);
  await s3.deleteBucket(far);
});
