import { createECDH, createPrivateKey, createSign, type KeyObject } from 'node:crypto';

const b64 = (text: string): Buffer => Buffer.from(text, 'base64url');

/** Says why a VAPID pair is unusable; undefined when the public key belongs to the private one. */
export function checkVapidPair(publicKey: string, privateKey: string): string | undefined {
  const secret = b64(privateKey.replace(/=+$/, ''));
  const point = b64(publicKey.replace(/=+$/, ''));
  if (secret.length !== 32) return 'the private key is not 32 bytes in URL-safe base64';
  if (point.length !== 65 || point[0] !== 4) return 'the public key is not an uncompressed P-256 point';
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(secret);
  return ecdh.getPublicKey().equals(point) ? undefined : 'the two do not belong together';
}

export function generateVapidPair(): { publicKey: string; privateKey: string } {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const padded = Buffer.alloc(32);
  const secret = ecdh.getPrivateKey();
  secret.copy(padded, 32 - secret.length);
  // Ruby prints them with padding, and reads both forms
  const urlSafe = (bytes: Buffer): string => bytes.toString('base64').replace(/\+/g, '-').replace(/\//g, '_');
  return { publicKey: urlSafe(ecdh.getPublicKey()), privateKey: urlSafe(padded) };
}

function signingKey(publicKey: string, privateKey: string): KeyObject {
  const point = b64(publicKey.replace(/=+$/, ''));
  const part = (from: number, to: number): string => point.subarray(from, to).toString('base64url');
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: b64(privateKey).toString('base64url'),
      x: part(1, 33),
      y: part(33, 65),
    },
  });
}

/** `Authorization` header of a push message (RFC 8292): an ES256 token for the endpoint's origin. */
export function vapidAuthorization(
  keys: { publicKey: string; privateKey: string },
  endpoint: string,
  subject: string,
  now: Date = new Date(),
): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    aud: new URL(endpoint).origin,
    exp: Math.floor(now.getTime() / 1000) + 86_400,
    sub: subject,
  };
  const head = `${encode({ typ: 'JWT', alg: 'ES256' })}.${encode(claims)}`;
  const signature = createSign('sha256')
    .update(head)
    .sign({ key: signingKey(keys.publicKey, keys.privateKey), dsaEncoding: 'ieee-p1363' });
  return `vapid t=${head}.${signature.toString('base64url')}, k=${keys.publicKey.replace(/=+$/, '')}`;
}
