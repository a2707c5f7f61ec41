import { createECDH } from 'node:crypto';
import type { SecretName } from '../../components/config/types.ts';
import { type SshKeyPair, sshKeyPairFromSeed } from './openssh.ts';

/** Key pairs that anybody can make again, so that nobody mistakes them for real ones. */
export const maskedHostKey: SshKeyPair = sshKeyPairFromSeed(Buffer.alloc(32, 1), 'MASKED-hostKey');
export const maskedSecondaryHostKey: SshKeyPair = sshKeyPairFromSeed(
  Buffer.alloc(32, 3),
  'MASKED-secondaryHostKey',
);
export const maskedDeployKey: SshKeyPair = sshKeyPairFromSeed(Buffer.alloc(32, 2), 'MASKED-deployKey');

const vapid = createECDH('prime256v1');
vapid.setPrivateKey(Buffer.alloc(32, 1));

/** The shape of the real ones; nobody holds a key to it. */
export const maskedRecovery = {
  recipient: `age1${'q'.repeat(58)}`,
  identity: [
    '-----BEGIN AGE ENCRYPTED FILE-----',
    Buffer.from('age-encryption.org/v1\n-> scrypt MASKED').toString('base64'),
    '-----END AGE ENCRYPTED FILE-----',
    '',
  ].join('\n'),
};

/** Placeholders of the right shape for every secret: they pass the config's checks and the tools', and say what they are. */
export const maskedSecrets: Record<SecretName, string> = {
  // Hexadecimal only, so that it cannot say more than this.
  secretKeyBase: '0'.repeat(128),
  vapidPrivateKey: vapid.getPrivateKey().toString('base64url'),
  vapidPublicKey: vapid.getPublicKey().toString('base64url'),
  activeRecordPrimaryKey: 'MASKEDactiveRecordPrimaryKey'.padEnd(32, '0'),
  activeRecordDeterministicKey: 'MASKEDactiveRecordDeterministicKey'.slice(0, 32),
  activeRecordKeyDerivationSalt: 'MASKEDactiveRecordKeyDerivationSalt'.slice(0, 32),
  databasePassword: 'MASKED-databasePassword',
  databaseAdminPassword: 'MASKED-databaseAdminPassword',
  redisPassword: 'MASKED-redisPassword',
  repositoryCipher: 'MASKED-repositoryCipher'.padEnd(64, '0'),
  hostKey: maskedHostKey.privateKey,
  secondaryHostKey: maskedSecondaryHostKey.privateKey,
  deployKey: maskedDeployKey.privateKey,
  repo2AccessKey: 'MASKED-repo2AccessKey',
  repo2SecretKey: 'MASKED-repo2SecretKey',
  dumpAccessKey: 'MASKED-dumpAccessKey',
  dumpSecretKey: 'MASKED-dumpSecretKey',
  smtpPassword: 'MASKED-smtpPassword',
  translationKey: 'MASKED-translationKey',
  alertWebhook: 'https://masked.invalid/MASKED-alertWebhook',
  deadMansSwitch: 'https://masked.invalid/MASKED-deadMansSwitch',
};
