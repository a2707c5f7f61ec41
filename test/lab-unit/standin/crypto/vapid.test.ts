import { webcrypto } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  checkVapidPair,
  generateVapidPair,
  vapidAuthorization,
} from '../../../../lab/standin/src/crypto/vapid.ts';

test('a push service can check the token with the public key alone', async () => {
  const pair = generateVapidPair();
  const now = new Date('2026-11-22T12:00:00Z');
  const header = vapidAuthorization(pair, 'https://push.example.org/abc?x=1', 'mailto:a@example.org', now);
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header) ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  const publicKey = await webcrypto.subtle.importKey(
    'raw',
    Buffer.from(key, 'base64url'),
    { name: 'ECDSA', namedCurve: 'P-256' },
    false,
    ['verify'],
  );
  const good = await webcrypto.subtle.verify(
    { name: 'ECDSA', hash: 'SHA-256' },
    publicKey,
    Buffer.from(signature, 'base64url'),
    Buffer.from(`${head}.${claims}`),
  );
  expect(good).toBe(true);
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
    aud: 'https://push.example.org',
    exp: now.getTime() / 1000 + 86_400,
    sub: 'mailto:a@example.org',
  });
});

test('pairs are told from halves of different pairs, and from nonsense', () => {
  const one = generateVapidPair();
  const two = generateVapidPair();
  expect(checkVapidPair(one.publicKey, one.privateKey)).toBeUndefined();
  expect(checkVapidPair(one.publicKey.replace(/=+$/, ''), one.privateKey.replace(/=+$/, ''))).toBeUndefined();
  expect(checkVapidPair(one.publicKey, two.privateKey)).toBe('the two do not belong together');
  expect(checkVapidPair(one.publicKey, 'short')).toMatch(/32 bytes/);
  expect(checkVapidPair('short', one.privateKey)).toMatch(/P-256/);
});

test('generated keys have the length and padding Ruby prints', () => {
  for (let i = 0; i < 50; i++) {
    const pair = generateVapidPair();
    expect(pair.privateKey).toMatch(/^[\w-]{43}=$/);
    expect(pair.publicKey).toMatch(/^B[\w-]{86}=$/);
  }
});
