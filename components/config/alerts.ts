import { z } from 'zod';
import { isSecretUrl, mailAddress, text } from './fields.ts';

export const alerts = z.strictObject({
  mail: mailAddress
    .optional()
    .meta({ description: 'address alerts are sent to through the mail relay; best not on this very server' }),
  againHours: z
    .int()
    .min(1)
    .max(168)
    .default(12)
    .meta({ description: 'hours after which what is still broken is told again' }),
});

/** An address that is a secret, because whoever knows it may post there. */
export const secretUrl = (key: string) =>
  text(
    isSecretUrl,
    'is not an https:// address on port 443',
    `copy it whole: \`pulumi config set --secret --path ${key}\`; the cloud firewall lets nothing out to other ports`,
  ).optional();
