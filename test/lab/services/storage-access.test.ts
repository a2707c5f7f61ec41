import './scratch.ts';
import * as sdk from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { labFetch } from '../../../lab/client.ts';
import { services } from '../../../lab/services/addresses.ts';
import { stopProcess } from '../../../lab/services/process.ts';
import * as s3 from '../../../lab/services/s3-admin.ts';
import { ensureS3 } from '../../../lab/services/s3-service.ts';
import { backups, clientOf, key, may, media, origin, outcome, put, startStorage } from './storage.ts';

let app: sdk.S3Client;
beforeAll(async () => {
  app = await startStorage();
});

const list = (client: sdk.S3Client, { name }: s3.Bucket) =>
  client.send(new sdk.ListObjectsV2Command({ Bucket: name }));
const url = (bucket: s3.Bucket, object: string) =>
  `${origin}/${bucket.name}/${object.split('/').map(encodeURIComponent).join('/')}`;

test('a key does what its grants say and nothing else', async () => {
  const reader = clientOf('reader');
  const Bucket = media.name;
  expect(await outcome(put(app, media, 'granted'))).toBe('done');
  expect(await outcome(reader.send(new sdk.GetObjectCommand({ Bucket, Key: 'granted' })))).toBe('done');
  const refused = [
    put(reader, media, 'no'),
    reader.send(new sdk.DeleteObjectCommand({ Bucket, Key: 'granted' })),
    list(reader, backups),
    list(clientOf('nobody'), media),
    app.send(new sdk.DeleteBucketCommand({ Bucket })),
    app.send(new sdk.DeleteBucketPolicyCommand({ Bucket })),
  ];
  expect(await Promise.all(refused.map(outcome))).toEqual(refused.map(() => 'AccessDenied'));
});

test('a key stops working at once when it is no longer granted, and when it is deleted', async () => {
  await s3.createUser(key('short'));
  await s3.setGrants(backups, [may('app', 'readwrite'), may('short', 'read')]);
  expect(await outcome(list(clientOf('short'), backups))).toBe('done');
  await s3.setGrants(backups, [may('app', 'readwrite')]);
  expect(await outcome(list(clientOf('short'), backups))).toBe('AccessDenied');
  await s3.deleteUser(key('short').accessKey);
  expect(await outcome(list(clientOf('short'), backups))).toBe('InvalidAccessKeyId');
});

test('what the app puts with public-read is readable by everybody, whole or in part, on both families', async () => {
  const path = 'media_attachments/1/ä (1).png';
  await put(app, media, path, { ACL: 'public-read', ContentType: 'image/png' });
  const found = await labFetch(url(media, path));
  expect([found.status, await found.text(), found.headers.get('content-type')]).toEqual([
    200,
    path,
    'image/png',
  ]);
  expect((await labFetch(url(media, path), { headers: { range: 'bytes=0-3' } })).status).toBe(206);
  expect((await labFetch(url(media, path), { family: 6 })).address).toBe(services.s3.v6);
  await put(app, media, path);
  expect((await labFetch(url(media, path))).status).toBe(403);
});

test('lists, and what was put without public-read, are closed to everybody', async () => {
  await put(app, media, 'private.png');
  for (const closed of [
    url(media, 'private.png'),
    `${origin}/${media.name}`,
    `${origin}/${media.name}/?list-type=2`,
    `${origin}/`,
  ])
    expect((await labFetch(closed)).status, closed).toBe(403);
});

test('the ACL of an object can be changed afterwards, as the app does with suspended accounts', async () => {
  await put(app, media, 'later.png');
  const change = (client: sdk.S3Client, ACL: sdk.ObjectCannedACL) =>
    outcome(client.send(new sdk.PutObjectAclCommand({ Bucket: media.name, Key: 'later.png', ACL })));
  expect(await change(app, 'public-read')).toBe('done');
  expect((await labFetch(url(media, 'later.png'))).status).toBe(200);
  expect(await change(clientOf('reader'), 'private')).toBe('AccessDenied');
  expect((await labFetch(url(media, 'later.png'))).status).toBe(200);
  expect(await change(app, 'private')).toBe('done');
  expect((await labFetch(url(media, 'later.png'))).status).toBe(403);
});

test('the backups are closed to everybody and to the media’s reader', async () => {
  await put(app, backups, 'backup/1');
  expect((await labFetch(url(backups, 'backup/1'))).status).toBe(403);
  const read = clientOf('reader').send(new sdk.GetObjectCommand({ Bucket: backups.name, Key: 'backup/1' }));
  expect(await outcome(read)).toBe('AccessDenied');
});

test('objects, keys and what is public survive a killed gateway and front', async () => {
  await put(app, media, 'kept.png', { ACL: 'public-read' });
  for (const name of ['s3-fra1', 's3-front']) await stopProcess(name, 0);
  await expect(labFetch(url(media, 'kept.png'))).rejects.toThrow(/ECONNRE(FUSED|SET)/);
  await ensureS3();
  expect((await labFetch(url(media, 'kept.png'))).status).toBe(200);
  expect(await outcome(put(app, media, 'after'))).toBe('done');
});
