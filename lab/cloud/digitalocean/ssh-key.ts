import { unprocessable } from '../api-error.ts';
import { fingerprintOf } from '../fingerprint.ts';
import type { Kind } from '../types.ts';

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/sshkey/ */
export const sshKey: Kind = {
  plan(context, inputs) {
    const fingerprint = fingerprintOf(String(inputs.publicKey));
    if (!fingerprint) throw unprocessable('Key invalid, key should be of the format `type key [comment]`');
    if (context.list('SshKey').some((key) => key.outputs.fingerprint === fingerprint)) {
      throw unprocessable('SSH Key is already in use on your account');
    }
    return { id: String(50_000_000 + context.next()), inputs, outputs: { fingerprint }, hidden: {} };
  },
  async update(_context, object, inputs) {
    object.inputs = inputs;
  },
};
