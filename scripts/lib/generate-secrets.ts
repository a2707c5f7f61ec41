import { createECDH, randomBytes, randomInt } from 'node:crypto';
import type { SecretName } from '../../components/config/types.ts';
import { makeSshKeyPair } from './openssh.ts';

/** The others are given by somebody else. */
type Generated = Exclude<SecretName, 'smtpPassword' | 'translationKey'>;

/** Secrets that belong together: making one of a group anew would break the others. */
export interface SecretGroup {
  secrets: Generated[];
  /** Plain config key that holds the public half. */
  publicKey?: PublicKey;
  /** Whether a stack has a use for it, by its plain config. Default: it has. */
  wanted?(config: Record<string, unknown>): boolean;
  make(stack: string): Record<string, string>;
}

const alone = (name: Generated, make: () => string): SecretGroup => ({
  secrets: [name],
  make: () => ({ [name]: make() }),
});

type PublicKey = 'hostPublicKey' | 'secondaryHostPublicKey' | 'deployPublicKey';

const sshPair = (
  secret: 'hostKey' | 'secondaryHostKey' | 'deployKey',
  publicKey: PublicKey,
  comment: string,
): SecretGroup => ({
  secrets: [secret],
  publicKey,
  make(stack) {
    const pair = makeSshKeyPair(`${comment}@${stack}`);
    return { [secret]: pair.privateKey, [publicKey]: pair.publicKey };
  },
});

/** Everything a stack keeps secret that no person chooses, and how each is made; every password is 190 bits or more. */
export const secretGroups: SecretGroup[] = [
  alone('secretKeyBase', () => randomBytes(64).toString('hex')),
  { secrets: ['vapidPrivateKey', 'vapidPublicKey'], make: vapidPair },
  alone('activeRecordPrimaryKey', () => alphanumeric(32)),
  alone('activeRecordDeterministicKey', () => alphanumeric(32)),
  alone('activeRecordKeyDerivationSalt', () => alphanumeric(32)),
  alone('databasePassword', () => alphanumeric(40)),
  alone('databaseAdminPassword', () => alphanumeric(40)),
  alone('redisPassword', () => alphanumeric(40)),
  alone('repositoryCipher', () => randomBytes(48).toString('base64')),
  {
    ...sshPair('hostKey', 'hostPublicKey', 'host'),
    wanted: (config) => providerOf(config.primary) !== 'existing',
  },
  {
    ...sshPair('secondaryHostKey', 'secondaryHostPublicKey', 'secondary'),
    wanted: (config) => ![undefined, 'existing'].includes(providerOf(config.secondary)),
  },
  sshPair('deployKey', 'deployPublicKey', 'deploy'),
];

/** A host that is there already has a host key of its own. */
function providerOf(machine: unknown): string | undefined {
  return (machine as { provider?: string } | undefined)?.provider;
}

/** Letters and digits only: safe in every file format that such a value passes through. */
function alphanumeric(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

/** A P-256 pair as Web Push wants it (RFC 8292): the scalar and the uncompressed point, base64url. */
function vapidPair(): Record<string, string> {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  return {
    // A scalar with leading zeros comes out short; the app wants its 32 bytes.
    vapidPrivateKey: Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url'),
    vapidPublicKey: pair.getPublicKey().toString('base64url'),
  };
}
