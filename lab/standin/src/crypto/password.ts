import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, { N: number }, Buffer>(scrypt);
const COST = { N: 2 ** 12 };

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, 32, COST);
  return `$scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

export const isPasswordHash = (stored: string): boolean => /^\$scrypt\$[\w-]{22}\$[\w-]{43}$/.test(stored);

export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, kind, salt, key] = stored.split('$');
  if (kind !== 'scrypt' || !salt || !key) return false;
  const expected = Buffer.from(key, 'base64url');
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), 32, COST), expected);
}
