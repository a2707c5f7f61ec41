import { createECDH, createPrivateKey, createPublicKey } from 'node:crypto';

const MAGIC = 'openssh-key-v1\0';

/** Splits an OpenSSH public key line into its type and key; undefined when it is not one. */
export function parsePublicKey(line: string): { type: string; blob: string } | undefined {
  const match =
    /^(ssh-ed25519|sk-ssh-ed25519@openssh\.com|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa) ([A-Za-z0-9+/]+={0,2})(?: [^\n\r']*)?$/.exec(
      line,
    );
  if (!match?.[1] || !match[2]) return undefined;
  const inner = reader(Buffer.from(match[2], 'base64')).string();
  return inner?.toString() === match[1] ? { type: match[1], blob: match[2] } : undefined;
}

/** A public key without its comment: an edit of that makes no other key. */
export function bare(publicKey: string): string {
  return publicKey.trim().split(/\s+/).slice(0, 2).join(' ');
}

/** The public line of an unencrypted OpenSSH ed25519 private key; `reason` when it is not one. */
export function publicKeyOf(privateKey: string): { line: string } | { reason: string } {
  const match =
    /^-----BEGIN OPENSSH PRIVATE KEY-----\r?\n([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----\s*$/.exec(
      privateKey,
    );
  if (!match?.[1]) return { reason: 'is not an OpenSSH private key' };
  const data = Buffer.from(match[1], 'base64');
  if (data.subarray(0, MAGIC.length).toString('latin1') !== MAGIC)
    return { reason: 'is not an OpenSSH private key' };
  const outer = reader(data.subarray(MAGIC.length));
  const cipher = outer.string()?.toString();
  if (cipher !== 'none') return { reason: 'is protected by a passphrase of its own' };
  outer.string(); // kdf name
  outer.string(); // kdf options
  outer.number(); // number of keys
  const blob = outer.string();
  const inner = reader(outer.string() ?? Buffer.alloc(0));
  const checks = [inner.number(), inner.number()];
  const type = inner.string()?.toString();
  if (checks[0] === undefined || checks[0] !== checks[1] || !blob) return { reason: 'is damaged' };
  if (type !== 'ssh-ed25519') return { reason: 'is not an ed25519 key' };
  const publicPart = inner.string();
  const seed = inner.string()?.subarray(0, 32);
  if (seed?.length !== 32 || !publicPart?.equals(ed25519Public(seed))) return { reason: 'is damaged' };
  if (!blob.equals(Buffer.concat([field(Buffer.from(type)), field(publicPart)])))
    return { reason: 'is damaged' };
  return { line: `ssh-ed25519 ${blob.toString('base64')}` };
}

/** Why two VAPID keys (base64url, P-256) are no pair; undefined when they are one. */
export function vapidMismatch(privateKey: string, publicKey: string): string | undefined {
  const curve = createECDH('prime256v1');
  try {
    curve.setPrivateKey(Buffer.from(privateKey, 'base64url'));
  } catch {
    return 'is not a private key of the curve P-256';
  }
  return curve.getPublicKey().equals(Buffer.from(publicKey, 'base64url'))
    ? undefined
    : 'belongs to another private key';
}

function ed25519Public(seed: Buffer): Buffer {
  // PKCS #8 wrapping of a bare ed25519 seed, RFC 8410.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}

/** A field of the SSH wire format: its length, then its bytes. */
function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads the length-prefixed fields of the SSH wire format; undefined past the end. */
function reader(data: Buffer) {
  let at = 0;
  const number = (): number | undefined => {
    if (at + 4 > data.length) return undefined;
    at += 4;
    return data.readUInt32BE(at - 4);
  };
  const string = (): Buffer | undefined => {
    const length = number();
    if (length === undefined || at + length > data.length) return undefined;
    at += length;
    return data.subarray(at - length, at);
  };
  return { number, string };
}
