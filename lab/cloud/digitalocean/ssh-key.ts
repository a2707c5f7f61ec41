import { createHash } from 'node:crypto';
import { unprocessable } from '../api-error.ts';
import type { Kind } from '../types.ts';

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/sshkey/ */
export const sshKey: Kind = {
  plan(context, inputs) {
    const fingerprint = fingerprintOf(String(inputs.publicKey));
    if (context.list('SshKey').some((key) => key.outputs.fingerprint === fingerprint)) {
      throw unprocessable('SSH Key is already in use on your account');
    }
    return { id: String(50_000_000 + context.next()), inputs, outputs: { fingerprint }, hidden: {} };
  },
  async update(_context, object, inputs) {
    object.inputs = inputs;
  },
};

function fingerprintOf(publicKey: string): string {
  const [type = '', encoded = ''] = publicKey.trim().split(/\s+/);
  const blob = Buffer.from(encoded, 'base64');
  // The blob begins with the length and the name of its own type.
  if (blob.length < 20 || blob.subarray(4, 4 + type.length).toString() !== type) {
    throw unprocessable('Key invalid, key should be of the format `type key [comment]`');
  }
  return createHash('md5')
    .update(blob)
    .digest('hex')
    .replace(/..(?=.)/g, '$&:');
}
