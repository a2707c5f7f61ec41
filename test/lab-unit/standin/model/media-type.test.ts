import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mediaKey } from '../../../../lab/standin/src/model/media.ts';
import { imageSize, sniff } from '../../../../lab/standin/src/model/media-type.ts';

test('a picture is known by its bytes and tells its size', () => {
  const png = readFileSync(
    new URL('../../../../lab/standin/image/mastodon/public/avatars/original/missing.png', import.meta.url),
  );
  expect(sniff(png)).toEqual({ kind: 'image', contentType: 'image/png', extension: 'png' });
  expect(imageSize(png)).toEqual({ width: 16, height: 16 });
});

test.each([
  ['GIF89a\x10\x00\x20\x00', 'image/gif', { width: 16, height: 32 }],
  [
    '\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x11\x08\x00\x20\x00\x10\x03\x01',
    'image/jpeg',
    { width: 16, height: 32 },
  ],
  ['\x00\x00\x00\x20ftypisom', 'video/mp4', undefined],
  ['\x1aE\xdf\xa3', 'video/webm', undefined],
  ['OggS', 'audio/ogg', undefined],
])('%j is %s', (text, contentType, size) => {
  const head = Buffer.from(text, 'latin1');
  expect(sniff(head)?.contentType).toBe(contentType);
  expect(imageSize(head)).toEqual(size);
});

test.each(['', '<svg xmlns="http://www.w3.org/2000/svg">', '#!/bin/sh', 'PK\x03\x04'])(
  '%j is no media',
  (text) => {
    expect(sniff(Buffer.from(text, 'latin1'))).toBeUndefined();
  },
);

test('a file lies where Paperclip would put it', () => {
  expect(mediaKey('117662417948098783', 'original', 'a.png')).toBe(
    'media_attachments/files/117/662/417/948/098/783/original/a.png',
  );
  expect(mediaKey('42', 'small', 'a.png')).toBe(
    'media_attachments/files/000/000/000/000/000/042/small/a.png',
  );
});
