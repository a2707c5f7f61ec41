import { createECDH, hkdfSync } from 'node:crypto';

/** Order of the curve P-256, less one: a private key is 1 to this. */
const MOST = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550n;

/**
 * A VAPID pair for a copy, from a secret of its own: subscriptions of the source's members know another key, so that no push
 * of the copy would be taken. Derived, because a pure program makes the same of the same.
 */
export function vapidOf(secret: string): { vapidPrivateKey: string; vapidPublicKey: string } {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'VAPID of a copy', 48));
  const scalar = (BigInt(`0x${bytes.toString('hex')}`) % MOST) + 1n;
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'));
  // The form of the web push gem: the alphabet of URLs, with padding.
  const encode = (part: Buffer) => part.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  return {
    vapidPrivateKey: encode(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex')),
    vapidPublicKey: encode(curve.getPublicKey()),
  };
}
