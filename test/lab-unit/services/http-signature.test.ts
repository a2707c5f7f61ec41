import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyIdOf, signatureProblem, signRequest } from '../../../lab/services/http-signature.ts';

const pair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const { publicKey, privateKey } = pair();
const key = { keyId: 'https://a.test/users/x#main-key', privateKeyPem: privateKey };
const url = 'https://b.test/inbox?x=1';
const body = '{"type":"Create"}';
const now = new Date('2026-11-22T12:00:00Z');

const signed = () => signRequest({ method: 'POST', url, body }, key, now);
const received = (headers: Record<string, unknown>, text = body, path = '/inbox?x=1') => ({
  method: 'POST',
  path,
  headers,
  body: Buffer.from(text),
});

test('what was signed is believed', () => {
  expect(signatureProblem(received(signed()), publicKey, now)).toBeUndefined();
  expect(keyIdOf(signed())).toBe(key.keyId);
});

test.each<[string, (headers: Record<string, string>) => ReturnType<typeof received>, RegExp]>([
  ['no signature', ({ signature, ...rest }) => received(rest), /unsigned/],
  ['another body', (headers) => received(headers, '{}'), /digest/],
  ['another path', (headers) => received(headers, body, '/other'), /does not match the key/],
  ['another host', (headers) => received({ ...headers, host: 'c.test' }), /does not match the key/],
  [
    'a digest left out of the signature',
    (headers) => received({ ...headers, signature: (headers.signature ?? '').replace(' digest"', '"') }),
    /not signed: digest/,
  ],
])('%s is not believed', (_what, forge, reason) => {
  expect(signatureProblem(forge(signed()), publicKey, now)).toMatch(reason);
});

test('neither an old request nor another key is believed', () => {
  expect(signatureProblem(received(signed()), publicKey, new Date('2026-11-24T12:00:00Z'))).toMatch(
    /date is off/,
  );
  expect(signatureProblem(received(signed()), pair().publicKey, now)).toMatch(/does not match the key/);
});
