import { expect, test } from 'vitest';
import { readS3Request } from '../../../lab/services/s3-request.ts';

const host = 'fra1.digitaloceanspaces.com';
const read = (method: string, url: string, headers = {}) => readS3Request(method, url, { host, ...headers });

test('bucket, key and region come from path and host', () => {
  expect(read('GET', '/media/a%20b/c.png')).toMatchObject({
    bucket: 'media',
    key: 'a b/c.png',
    region: 'fra1',
  });
  expect(readS3Request('GET', '/media/x', { host: 'ams3.digitaloceanspaces.com:443' })?.region).toBe('ams3');
});

test('a host or a path that is none of ours is not read', () => {
  expect(readS3Request('GET', '/x', { host: 'media.fra1.digitaloceanspaces.com' })).toBeUndefined();
  expect(readS3Request('GET', '/x', { host: 'example.org' })).toBeUndefined();
  expect(read('GET', '/media/%ff%')).toBeUndefined();
});

test.each([
  ['GET', '/media/x', true],
  ['HEAD', '/media/x', true],
  ['GET', '/media', false],
  ['GET', '/media/', false],
  ['GET', '/media/?list-type=2', false],
  ['GET', '/media/x?acl', false],
  ['GET', '/media/x?versionId=1', false],
  ['PUT', '/media/x', false],
  ['DELETE', '/media/x', false],
])('only a plain read of one object may be public: %s %s', (method, url, plain) => {
  expect(read(method, url)?.plainRead).toBe(plain);
});

test('a signed request is not anonymous, however it is signed', () => {
  expect(read('GET', '/media/x')?.anonymous).toBe(true);
  expect(read('GET', '/media/x', { authorization: 'AWS4-HMAC-SHA256 …' })?.anonymous).toBe(false);
  expect(read('GET', '/media/x?X-Amz-Signature=0')?.anonymous).toBe(false);
});

test.each([
  ['PUT', '/media/x', 'put'],
  ['PUT', '/media/x?x-id=PutObject', 'put'],
  ['PUT', '/media/x?X-Amz-Algorithm=a&X-Amz-Signature=b', 'put'],
  ['PUT', '/media/x?acl', 'acl'],
  ['PUT', '/media/x?tagging', undefined],
  ['PUT', '/media/x?partNumber=1&uploadId=u', undefined],
  ['PUT', '/media', undefined],
  ['POST', '/media/x?uploads', 'begin'],
  ['POST', '/media/x?uploadId=u', 'complete'],
  ['POST', '/media?delete', undefined],
  ['DELETE', '/media/x', 'delete'],
  ['DELETE', '/media/x?versionId=1', undefined],
  ['DELETE', '/media/x?uploadId=u', undefined],
])('%s %s means %s for the object’s ACL', (method, url, effect) => {
  expect(read(method, url)?.effect).toBe(effect);
});
