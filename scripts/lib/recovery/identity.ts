import { VisibleError } from '../../../components/errors.ts';

export interface RecoveryKeys {
  /** `age1…`: whoever has it can encrypt. */
  recipient: string;
  /** Its private half as an armored age file, encrypted with a passphrase. */
  identity: string;
}

/**
 * 2^16 rounds of scrypt in 64 MB: a third of a second here, and far more for each guess than the million rounds of PBKDF2
 * that stand between the same passphrase and the secrets in the stack file. https://age-encryption.org/v1
 */
const WORK = 16;

// Loaded when a verb has a use for it: every other starts faster.
const age = () => import('age-encryption');

/** A new pair of keys of age (X25519), the private one encrypted at once. */
export async function makeRecoveryKeys(passphrase: string, work = WORK): Promise<RecoveryKeys> {
  const { armor, Encrypter, generateX25519Identity, identityToRecipient } = await age();
  const secret = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(work);
  return {
    recipient: await identityToRecipient(secret),
    identity: armor.encode(await encrypter.encrypt(`${secret}\n`)),
  };
}

/** The private key of age in an identity; `where` says which it is, for the message. */
export async function openIdentity(identity: string, passphrase: string, where: string): Promise<string> {
  const { armor, Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const sealed = read(() => armor.decode(identity), where);
  const opened = await decrypter.decrypt(sealed, 'text').catch(() => {
    throw new VisibleError(
      `the passphrase does not open the recovery identity — ${where} — give the one that the stack had when the identity was made`,
    );
  });
  const secret = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m.exec(opened)?.[0];
  if (!secret) throw new VisibleError(`no key of age is in the recovery identity — ${where} — ${OLDER}`);
  return secret;
}

/** The public half of a private key of age. */
export async function recipientOf(secret: string): Promise<string> {
  return (await age()).identityToRecipient(secret);
}

/** What was encrypted to the recipient of a private key, as text. */
export async function openSealed(sealed: Uint8Array, secret: string, where: string): Promise<string> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addIdentity(secret);
  return decrypter.decrypt(sealed, 'text').catch((error: Error) => {
    const foreign = /no identity matched/.test(error.message);
    throw new VisibleError(
      `${foreign ? 'it is encrypted to another recipient than the recovery identity beside it' : 'it is damaged'} — ${where} — ${OLDER}`,
    );
  });
}

const OLDER = 'an older version of the object may be whole: the bucket keeps versions';

function read<T>(work: () => T, where: string): T {
  try {
    return work();
  } catch {
    throw new VisibleError(`not an armored age file — ${where} — ${OLDER}`);
  }
}
