import { fingerprintOf } from '../fingerprint.ts';
import type { Context, Kind, Properties } from '../types.ts';
import { invalid, taken } from './errors.ts';
import { refuseLabels } from './labels.ts';

function refuse(context: Context, inputs: Properties, self?: string): void {
  if (!inputs.name) throw invalid("invalid input in field 'name'");
  refuseLabels(inputs);
  const others = context.list('SshKey').filter(({ id }) => id !== self);
  if (others.some((key) => key.inputs.name === inputs.name)) throw taken('SSH key name is already used');
  const fingerprint = fingerprintOf(String(inputs.publicKey));
  if (!fingerprint) throw invalid("invalid input in field 'public_key'");
  if (others.some((key) => key.outputs.fingerprint === fingerprint)) {
    throw taken('SSH key with the same fingerprint already exists');
  }
}

/** https://www.pulumi.com/registry/packages/hcloud/api-docs/sshkey/ */
export const sshKey: Kind = {
  plan(context, inputs) {
    refuse(context, inputs);
    const fingerprint = fingerprintOf(String(inputs.publicKey));
    return { id: String(30_000_000 + context.next()), inputs, outputs: { fingerprint }, hidden: {} };
  },
  async update(context, object, inputs) {
    refuse(context, inputs, object.id);
    object.inputs = inputs;
  },
};
