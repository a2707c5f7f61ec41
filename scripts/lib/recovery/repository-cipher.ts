import { createDecipheriv, createHash } from 'node:crypto';

const MAGIC = 'Salted__';

/**
 * A file of a repository of pgBackRest, decrypted; undefined where the passphrase does not open it. As OpenSSL's `enc` writes:
 * AES-256 in CBC mode, key and vector derived from passphrase and salt by one round of SHA-1
 * (https://docs.openssl.org/3.0/man3/EVP_BytesToKey/, https://pgbackrest.org/configuration.html#section-repository/option-repo-cipher-type).
 */
export function decryptRepositoryFile(sealed: Uint8Array, passphrase: string): string | undefined {
  const bytes = Buffer.from(sealed);
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return undefined;
  const salt = bytes.subarray(8, 16);
  const rounds: Buffer[] = [];
  while (Buffer.concat(rounds).length < 48)
    rounds.push(
      createHash('sha1')
        .update(Buffer.concat([rounds.at(-1) ?? Buffer.alloc(0), Buffer.from(passphrase), salt]))
        .digest(),
    );
  const derived = Buffer.concat(rounds);
  const decipher = createDecipheriv('aes-256-cbc', derived.subarray(0, 32), derived.subarray(32, 48));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString();
  } catch {
    return undefined;
  }
}
