import { z } from 'zod';
import { text } from './fields.ts';

const INIT = 'run `coop init` for this stack: it makes both halves, and keeps what is there';

/** Its first lines, and that it is opened by a passphrase. */
function isSealed(armored: string): boolean {
  const body =
    /^-----BEGIN AGE ENCRYPTED FILE-----\n([A-Za-z0-9+/=\n]+)\n-----END AGE ENCRYPTED FILE-----\s*$/.exec(
      armored,
    )?.[1];
  return body
    ? Buffer.from(body, 'base64').toString('latin1').startsWith('age-encryption.org/v1\n-> scrypt ')
    : false;
}

/** https://age-encryption.org/v1 */
export const recovery = z.strictObject({
  recipient: text(
    (value) => /^age1[02-9ac-hj-np-z]{58}$/.test(value),
    'is not a recipient of age',
    'put back the one that `coop init` made: age1 and 58 letters and digits',
  ).meta({ description: 'public key the recovery kit is encrypted to', missing: INIT }),
  identity: text(
    isSealed,
    'is not an age file that a passphrase opens',
    'put back the one that `coop init` made, whole, from -----BEGIN AGE ENCRYPTED FILE----- on',
  ).meta({
    description: "its private half, encrypted with the stack's passphrase; safe to show",
    missing: INIT,
  }),
});
