import { webcrypto } from 'node:crypto';
import { expect, test } from 'vitest';
import { DecryptionError, decrypt, encrypt } from '../../../../lab/standin/src/crypto/encryption.ts';

const keys = { primaryKey: 'p'.repeat(32), salt: 's'.repeat(32) };

/** The same construction by another library: PBKDF2-SHA256 with 2^16 rounds, then AES-256-GCM. */
async function decryptElsewhere(column: string): Promise<string> {
  const { p, h } = JSON.parse(column) as { p: string; h: { iv: string; at: string } };
  const bytes = (text: string) => Buffer.from(text, 'base64');
  const secret = await webcrypto.subtle.importKey('raw', Buffer.from(keys.primaryKey), 'PBKDF2', false, [
    'deriveKey',
  ]);
  const key = await webcrypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt: Buffer.from(keys.salt), iterations: 65_536 },
    secret,
    { name: 'AES-GCM', length: 256 },
    false,
    ['decrypt'],
  );
  const sealed = Buffer.concat([bytes(p), bytes(h.at)]);
  return Buffer.from(
    await webcrypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes(h.iv) }, key, sealed),
  ).toString('utf8');
}

test('a column comes back as it was written, also through another implementation', async () => {
  const column = encrypt(keys, 'geheim – ключ');
  expect(column).not.toContain('geheim');
  expect(decrypt(keys, column)).toBe('geheim – ключ');
  expect(await decryptElsewhere(column)).toBe('geheim – ключ');
});

test('the same value is never written the same way twice', () => {
  expect(encrypt(keys, 'x')).not.toBe(encrypt(keys, 'x'));
});

test.each([
  ['another primary key', { ...keys, primaryKey: 'q'.repeat(32) }],
  ['another salt', { ...keys, salt: 't'.repeat(32) }],
])('a column cannot be read with %s', (_, wrong) => {
  const column = encrypt(keys, 'otp');
  expect(() => decrypt(wrong, column)).toThrow(DecryptionError);
});

test('a column that was changed is refused', () => {
  const column = JSON.parse(encrypt(keys, 'otp')) as { p: string; h: object };
  expect(() =>
    decrypt(keys, JSON.stringify({ ...column, p: Buffer.from('oto').toString('base64') })),
  ).toThrow(DecryptionError);
});
