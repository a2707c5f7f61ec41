import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';

/** A column was written under other keys: what a restore with mismatched secrets looks like. */
export class DecryptionError extends Error {
  override name = 'ActiveRecord::Encryption::Errors::Decryption';
}

const derived = new Map<string, Buffer>();

// Rails: PBKDF2-SHA256, 2^16 rounds, 32 bytes; slow, so once per process
function deriveKey(secret: string, salt: string): Buffer {
  const id = JSON.stringify([secret, salt]);
  const known = derived.get(id);
  if (known) return known;
  const key = pbkdf2Sync(secret, salt, 2 ** 16, 32, 'sha256');
  derived.set(id, key);
  return key;
}

/** Encrypts one column value the way ActiveRecord does (AES-256-GCM, JSON envelope). */
export function encrypt(keys: { primaryKey: string; salt: string }, value: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(keys.primaryKey, keys.salt), iv);
  const payload = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return JSON.stringify({
    p: payload.toString('base64'),
    h: { iv: iv.toString('base64'), at: cipher.getAuthTag().toString('base64') },
  });
}

export function decrypt(keys: { primaryKey: string; salt: string }, column: string): string {
  try {
    const { p, h } = JSON.parse(column) as { p: string; h: { iv: string; at: string } };
    const decipher = createDecipheriv(
      'aes-256-gcm',
      deriveKey(keys.primaryKey, keys.salt),
      Buffer.from(h.iv, 'base64'),
      { authTagLength: 16 },
    );
    decipher.setAuthTag(Buffer.from(h.at, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(p, 'base64')), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new DecryptionError(
      'an encrypted column cannot be read — ACTIVE_RECORD_ENCRYPTION_* — restore the keys it was written with',
      { cause },
    );
  }
}
