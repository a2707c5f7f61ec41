import { z } from 'zod';
import { secretUrl } from './alerts.ts';
import { plain, text } from './fields.ts';
import { publicKeyOf, vapidMismatch } from './keys.ts';

const REMEDY =
  '`coop init` makes it and never replaces one; set it again from your escrow, or with `pulumi config set --secret --path`';

/** A secret of a fixed form. */
function secret(form: RegExp, what: string, remedy = REMEDY) {
  return text((value) => form.test(value), `is not ${what}`, remedy);
}

const password = secret(/^[A-Za-z0-9_-]{20,128}$/, '20 to 128 letters, digits, - or _');
const activeRecordKey = secret(/^[A-Za-z0-9]{32}$/, '32 letters and digits');

const privateKey = z.string().superRefine((value, context) => {
  const found = publicKeyOf(value);
  if ('reason' in found)
    context.addIssue({ code: 'custom', message: found.reason, params: { remedy: REMEDY } });
});

/** A secret somebody else made and gives us; without a character that a configuration file would read. */
const given = (key: string) =>
  text(
    (value) => /^[\x21\x24-\x26\x28-\x3a\x3c-\x5b\x5d-\x7e]{1,256}$/.test(value),
    'is not 1 to 256 printable characters without space, quote, #, ; or backslash',
    `set it again: \`pulumi config set --secret --path ${key}\``,
  ).optional();

/** The stack's secrets; each is stored encrypted by Pulumi (`pulumi config set --secret --path secrets.NAME`). */
export const secrets = z.strictObject({
  secretKeyBase: secret(/^[0-9a-f]{128}$/, '128 hexadecimal digits').meta({
    description: 'SECRET_KEY_BASE of Rails: 128 hexadecimal digits',
  }),
  vapidPrivateKey: secret(/^[A-Za-z0-9_-]{43}=?$/, '32 bytes in base64url')
    .refine((value) => vapidMismatch(value, '') !== 'is not a private key of the curve P-256', {
      error: 'is not a private key of the curve P-256',
      params: { remedy: REMEDY },
    })
    .meta({ description: 'private half of the key web push is signed with: P-256, base64url' }),
  vapidPublicKey: secret(/^[A-Za-z0-9_-]{87}=?$/, '65 bytes in base64url').meta({
    description: 'its public half',
  }),
  activeRecordPrimaryKey: activeRecordKey.meta({ description: 'ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY' }),
  activeRecordDeterministicKey: activeRecordKey.meta({
    description: 'ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY',
  }),
  activeRecordKeyDerivationSalt: activeRecordKey.meta({
    description: 'ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT',
  }),
  databasePassword: password.meta({ description: "password of the app's database role" }),
  databaseAdminPassword: password.meta({ description: "password of the database's superuser" }),
  redisPassword: password.meta({ description: 'password of Redis' }),
  repositoryCipher: secret(/^[A-Za-z0-9+/_-]{32,256}={0,2}$/, '32 or more letters, digits, + / _ or -').meta({
    description: 'passphrase the backups are encrypted with (AES-256)',
  }),
  hostKey: privateKey
    .optional()
    .meta({ description: "machine's SSH host key: OpenSSH, ed25519; an existing host has its own" }),
  secondaryHostKey: privateKey.optional().meta({ description: "the secondary's SSH host key, likewise" }),
  deployKey: privateKey.meta({ description: 'key `pulumi up` reaches the machine with: OpenSSH, ed25519' }),
  repo2AccessKey: given('secrets.repo2AccessKey').meta({ description: 'access key of repo2' }),
  repo2SecretKey: given('secrets.repo2SecretKey').meta({ description: 'secret key of repo2' }),
  dumpAccessKey: given('secrets.dumpAccessKey').meta({
    description: 'access key that reads the bucket of restore.dump',
  }),
  dumpSecretKey: given('secrets.dumpSecretKey').meta({ description: 'its secret key' }),
  smtpPassword: text(
    (value) => /^[\x20-\x26\x28-\x7e]{1,256}$/.test(value),
    "is not 1 to 256 printable characters without '",
    'set it again: `pulumi config set --secret --path secrets.smtpPassword`',
  )
    .optional()
    .meta({ description: 'password at the mail relay, with mail.user' }),
  translationKey: text(
    (value) => /^[\x21-\x26\x28-\x7e]{1,256}$/.test(value),
    "is not 1 to 256 printable characters without ' and blanks",
    'copy it again: `pulumi config set --secret --path secrets.translationKey`',
  )
    .optional()
    .meta({ description: 'key at the translation service, with translation' }),
  alertWebhook: secretUrl('secrets.alertWebhook').meta({
    description:
      'address a message is posted to when something breaks: a generic webhook, such as Hookshot’s for Matrix',
  }),
  deadMansSwitch: secretUrl('secrets.deadMansSwitch').meta({
    description:
      'address that is asked for every ten minutes while nothing is broken: it raises the alarm when that stops',
  }),
  databaseClients: z
    .record(
      z.string(),
      secret(
        /^[A-Za-z0-9_-]{20,128}$/,
        '20 to 128 letters, digits, - or _',
        'make one: `openssl rand -hex 24 | pulumi config set --secret --path secrets.databaseClients.ROLE`',
      ),
    )
    .optional()
    .meta({ description: 'passwords of databaseClients, by role' }),
  environment: z.record(z.string(), plain).optional().meta({
    description: 'further secret environment variables of the app, by the names this version reads',
  }),
});
