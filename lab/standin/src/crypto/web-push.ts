import { createCipheriv, createECDH, createHmac, randomBytes } from 'node:crypto';

const hmac = (key: Buffer, data: Buffer): Buffer => createHmac('sha256', key).update(data).digest();

/** HKDF of RFC 5869 for one block of output. */
const hkdf = (salt: Buffer, secret: Buffer, info: Buffer, length: number): Buffer =>
  hmac(hmac(salt, secret), Buffer.concat([info, Buffer.from([1])])).subarray(0, length);

const RECORD_SIZE = 4096;

/** Encrypts a push message for one subscription: `aes128gcm` of RFC 8188 with the keys of RFC 8291. */
export function encryptPush(
  message: Buffer,
  subscription: { p256dh: string; auth: string },
  fixed: { salt?: Buffer; privateKey?: Buffer } = {},
): Buffer {
  const receiver = Buffer.from(subscription.p256dh, 'base64url');
  const auth = Buffer.from(subscription.auth, 'base64url');
  const ecdh = createECDH('prime256v1');
  if (fixed.privateKey) ecdh.setPrivateKey(fixed.privateKey);
  else ecdh.generateKeys();
  const sender = ecdh.getPublicKey();
  const salt = fixed.salt ?? randomBytes(16);
  const secret = hkdf(
    auth,
    ecdh.computeSecret(receiver),
    Buffer.concat([Buffer.from('WebPush: info\0'), receiver, sender]),
    32,
  );
  const key = hkdf(salt, secret, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = hkdf(salt, secret, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  // the delimiter 2 marks the last record
  const body = Buffer.concat([
    cipher.update(message),
    cipher.update(Buffer.from([2])),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(RECORD_SIZE, 0);
  head.writeUInt8(sender.length, 4);
  return Buffer.concat([salt, head, sender, body]);
}
