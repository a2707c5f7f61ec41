import { VisibleError } from '../../../components/errors.ts';
import { passphraseIn } from '../../lib/passphrase.ts';
import { openIdentity, recipientOf } from '../../lib/recovery/identity.ts';
import { type Check, failure, ok, skipped } from '../types.ts';

/** The passphrase opens the identity that the recovery kit is encrypted to: tried before it is needed. */
export const recovery: Check = {
  name: 'recovery',
  ofStack: true,
  async run(patient) {
    const { plain, context, stack = '', noPassphrase } = patient;
    const { recipient, identity } = (plain.recovery ?? {}) as { recipient?: string; identity?: string };
    // A stack file without them is no sound one: the check of the config says so.
    if (!recipient || !identity) return [skipped('its keys are not in the stack file')];
    const right = await patient.config().then(
      () => true,
      () => false,
    );
    if (noPassphrase !== undefined || !right || !context.env.PULUMI_CONFIG_PASSPHRASE_FILE)
      return [skipped('without the passphrase nobody knows whether it opens the recovery kit')];
    const anew = `remove instance:recovery from Pulumi.${stack}.yaml, then: coop init ${stack}; pulumi up -s ${stack}`;
    try {
      const secret = await openIdentity(identity, passphraseIn(context.env), `Pulumi.${stack}.yaml`);
      if ((await recipientOf(secret)) === recipient) return [ok('the passphrase opens the recovery kit')];
      return [failure('recipient and identity are no pair: nobody could open the recovery kit', anew)];
    } catch (error) {
      if (!(error instanceof VisibleError)) throw error;
      return [failure(error.message.split(' — ')[0] ?? '', `was it changed? ${anew}`)];
    }
  },
};
