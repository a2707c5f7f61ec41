import { VisibleError } from '../../../components/errors.ts';
import { type Check, failure, ok, skipped } from '../types.ts';

/** The passphrase of the stack's secrets: at hand, and the right one. */
export const passphrase: Check = {
  name: 'passphrase',
  ofStack: true,
  async run(patient) {
    const { plain, salt, stack = '', noPassphrase } = patient;
    if (salt === undefined) {
      if (Object.keys((plain.secrets ?? {}) as object).length > 0)
        return [skipped('the secrets are encrypted by another provider than a passphrase')];
      return [skipped(`nothing is encrypted yet: coop init ${stack} asks for a passphrase`)];
    }
    if (noPassphrase !== undefined) return [failure(noPassphrase, remedy(stack))];
    try {
      await patient.config();
      return [ok(`opens the secrets of ${stack}`)];
    } catch (error) {
      if (!(error instanceof VisibleError)) throw error;
      if (/incorrect passphrase/.test(error.message))
        return [failure(`it does not open the secrets of ${stack}: the wrong one`, remedy(stack))];
      return [failure(error.message, remedy(stack))];
    }
  },
};

const remedy = (stack: string) =>
  `whoever holds it is in the table of docs/second-admin.md; then: export COOP_PASSPHRASE_COMMAND='pass show coop/${stack}', or PULUMI_CONFIG_PASSPHRASE_FILE`;
