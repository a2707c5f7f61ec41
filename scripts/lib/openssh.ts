import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomInt,
} from 'node:crypto';

export interface SshKeyPair {
  /** `-----BEGIN OPENSSH PRIVATE KEY-----`, unencrypted, with its last newline. */
  privateKey: string;
  /** `ssh-ed25519 AAAA… comment`. */
  publicKey: string;
}

const type = 'ssh-ed25519';
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A new ed25519 pair in OpenSSH's own format, without ssh-keygen, so that it never touches a disk or a command line. */
export function makeSshKeyPair(comment: string): SshKeyPair {
  return encode(generateKeyPairSync('ed25519').privateKey, comment, randomInt(2 ** 32));
}

/** The pair of a known seed: the masked keys of `coop render`, the same on every run. */
export function sshKeyPairFromSeed(seed: Buffer, comment: string): SshKeyPair {
  const der = Buffer.concat([pkcs8Prefix, seed]);
  return encode(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), comment, 0);
}

/** PROTOCOL.key of OpenSSH: a header, the public key, then the private part padded to the cipher's block. */
function encode(key: KeyObject, comment: string, check: number): SshKeyPair {
  const seed = Buffer.from(key.export({ format: 'jwk' }).d as string, 'base64url');
  const point = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x as string, 'base64url');
  const publicBlob = Buffer.concat([text(type), bytes(point)]);
  const secret = Buffer.concat([
    int(check),
    int(check),
    text(type),
    bytes(point),
    bytes(Buffer.concat([seed, point])),
    text(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1));
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    int(1),
    bytes(publicBlob),
    bytes(Buffer.concat([secret, padding])),
  ]);
  const rows = whole.toString('base64').match(/.{1,70}/g) as string[];
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${rows.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: line(publicBlob, comment),
  };
}

const line = (blob: Buffer, comment: string) =>
  `${type} ${blob.toString('base64')}${comment && ` ${comment}`}`;
const text = (value: string) => bytes(Buffer.from(value));
const bytes = (value: Buffer) => Buffer.concat([int(value.length), value]);
function int(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}
