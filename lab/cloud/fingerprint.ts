import { createHash } from 'node:crypto';

/** The MD5 of a public key's blob, as both providers show it; undefined when it is no key. */
export function fingerprintOf(publicKey: string): string | undefined {
  const [type = '', encoded = ''] = publicKey.trim().split(/\s+/);
  const blob = Buffer.from(encoded, 'base64');
  // The blob begins with the length and the name of its own type.
  if (blob.length < 20 || blob.subarray(4, 4 + type.length).toString() !== type) return undefined;
  return createHash('md5')
    .update(blob)
    .digest('hex')
    .replace(/..(?=.)/g, '$&:');
}
