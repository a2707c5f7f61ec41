import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from '../../../../lab/standin/src/crypto/password.ts';

test('a password fits its own hash and no other', async () => {
  const stored = await hashPassword('correct horse');
  expect(stored).not.toContain('correct');
  expect(await verifyPassword('correct horse', stored)).toBe(true);
  expect(await verifyPassword('correct horse ', stored)).toBe(false);
  expect(await verifyPassword('correct horse', await hashPassword('other'))).toBe(false);
});

test('a hash of another kind fits nothing', async () => {
  expect(await verifyPassword('x', '$2a$12$abcdefghijklmnopqrstuv')).toBe(false);
  expect(await verifyPassword('', '')).toBe(false);
});
