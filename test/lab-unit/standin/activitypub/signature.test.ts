import { beforeAll, expect, test } from 'vitest';
import {
  parseSignature,
  signRequest,
  verifyRequest,
} from '../../../../lab/standin/src/activitypub/signature.ts';
import { accountKeys } from '../../../../lab/standin/src/crypto/keypair.ts';

const url = new URL('https://peer.example/users/alice/inbox?a=b');
const body = '{"type":"Create"}';
const now = new Date('2026-11-22T12:00:00Z');
let keys: { privateKey: string; publicKey: string };

beforeAll(async () => {
  keys = await accountKeys();
});

function signed(change: Record<string, string> = {}) {
  const headers = signRequest(
    { method: 'POST', url, body },
    { id: 'https://us.example/users/bob#main-key', privateKey: keys.privateKey },
    now,
  );
  return {
    method: 'POST',
    path: '/users/alice/inbox?a=b',
    headers: { ...headers, ...change },
    body: Buffer.from(body),
  };
}

const check = (request: ReturnType<typeof signed>, at = now): string | undefined => {
  const parsed = parseSignature(request.headers.signature ?? '');
  if (!parsed) throw new Error('not parsed');
  return verifyRequest(request, parsed, keys.publicKey, at);
};

test('a signed request is believed, and names its key', () => {
  const request = signed();
  expect(parseSignature(request.headers.signature ?? '')?.keyId).toBe(
    'https://us.example/users/bob#main-key',
  );
  expect(check(request)).toBeUndefined();
});

test('another key is not believed', async () => {
  const parsed = parseSignature(signed().headers.signature ?? '');
  const other = await accountKeys();
  expect(verifyRequest(signed(), parsed as never, other.publicKey, now)).toBe('the signature does not match');
});

test('another body, path or host is not believed', () => {
  const request = signed();
  expect(check({ ...request, body: Buffer.from('{"type":"Delete"}') })).toBe(
    'the digest does not match the body',
  );
  expect(check({ ...request, path: '/users/mallory/inbox' })).toBe('the signature does not match');
  expect(check(signed({ host: 'evil.example' }))).toBe('the signature does not match');
});

test('a request that was recorded half a day ago is not believed again', () => {
  const hours = (n: number) => new Date(now.getTime() + n * 3_600_000);
  expect(check(signed(), hours(11))).toBeUndefined();
  expect(check(signed(), hours(13))).toBe('the signed date lies too far off');
  expect(check(signed(), hours(-13))).toBe('the signed date lies too far off');
});

test.each(['(request-target)', 'host', 'date', 'digest'])(
  'a signature that leaves out %s is worth nothing',
  (name) => {
    const request = signed();
    const parsed = parseSignature(request.headers.signature ?? '');
    if (!parsed) throw new Error('not parsed');
    const names = parsed.names.filter((one) => one !== name);
    expect(verifyRequest(request, { ...parsed, names }, keys.publicKey, now)).toMatch(/does not cover/);
  },
);

test('what is no signature header is not taken for one', () => {
  expect(parseSignature('')).toBeUndefined();
  expect(parseSignature('Bearer abc')).toBeUndefined();
});
