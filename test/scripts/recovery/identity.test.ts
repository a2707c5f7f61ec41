import { execFileSync } from 'node:child_process';
import { Encrypter } from 'age-encryption';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../components/config.ts';
import { VisibleError } from '../../../components/errors.ts';
import {
  makeRecoveryKeys,
  openIdentity,
  openSealed,
  type RecoveryKeys,
  recipientOf,
} from '../../../scripts/lib/recovery/identity.ts';
import { options } from '../../components/support/config.ts';
import { otherRecovery, passphrase, recovery } from '../../fixtures/recovery.ts';
import { engineConfig, stackFile } from '../../fixtures/stack.ts';

const phrase = 'gravel otter lamp sunday frost quill';
let keys: RecoveryKeys;
beforeAll(async () => {
  keys = await makeRecoveryKeys(phrase);
});

async function seal(text: string, recipient: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(text);
}

describe('recovery keys', () => {
  it('are what a stack file accepts, and the passphrase gives back the key of that recipient', async () => {
    const config = parseConfig(engineConfig(stackFile({ recovery: keys })), options);
    expect(config.recovery).toEqual(keys);
    expect(await recipientOf(await openIdentity(keys.identity, phrase, 'x'))).toBe(keys.recipient);
  });

  it('are others each time, with 2^16 rounds between the passphrase and the key', async () => {
    expect((await makeRecoveryKeys(phrase, 10)).recipient).not.toBe(keys.recipient);
    const body = Buffer.from(keys.identity.replace(/-----[^-]+-----/g, ''), 'base64').toString('latin1');
    expect(body).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S+ 16\n/);
    expect(keys.identity).not.toContain('AGE-SECRET-KEY');
  });

  it('open what was encrypted to the recipient, byte for byte', async () => {
    const secret = await openIdentity(recovery.identity, passphrase, 'x');
    const text = '{"ünï": "cödé"}\n'.repeat(10_000);
    expect(await openSealed(await seal(text, recovery.recipient), secret, 'x')).toBe(text);
  });

  it('are opened by no other passphrase, and the message holds neither', async () => {
    const error = await openIdentity(recovery.identity, phrase, 'recovery/identity.age').catch((e) => e);
    expect(error).toBeInstanceOf(VisibleError);
    expect(error.message).toMatch(/^the passphrase does not open .* — recovery\/identity\.age — /);
    expect(error.message).not.toContain(phrase);
  });

  it('say of a kit that is encrypted to somebody else, damaged or cut off what is wrong', async () => {
    const secret = await openIdentity(recovery.identity, passphrase, 'x');
    const foreign = await seal('kit', otherRecovery.recipient);
    await expect(openSealed(foreign, secret, 'kit')).rejects.toThrow(/another recipient .* — kit — /);
    const whole = await seal('kit', recovery.recipient);
    const bent = Uint8Array.from(whole, (byte, at) => (at === whole.length - 1 ? byte ^ 1 : byte));
    await expect(openSealed(bent, secret, 'kit')).rejects.toThrow(/damaged — kit — /);
    await expect(openSealed(whole.slice(0, -20), secret, 'kit')).rejects.toThrow(/damaged/);
    await expect(openIdentity('hello', passphrase, 'id')).rejects.toThrow(/not an armored age file — id/);
  });
});

describe('a stack file', () => {
  const problems = (value: unknown) => {
    try {
      parseConfig(engineConfig(stackFile({ recovery: value })), options);
      return [];
    } catch (error) {
      return (error as { problems: { key: string; reason: string }[] }).problems.map(
        ({ key, reason }) => `${key} ${reason}`,
      );
    }
  };
  const unarmored = Buffer.from('age-encryption.org/v1\n-> X25519 abc\n').toString('base64');
  it.each([
    ['without it', undefined, ['recovery is missing']],
    ['with half of it', { recipient: recovery.recipient }, ['recovery.identity is missing']],
    [
      'with a private key in the open',
      { ...recovery, identity: `AGE-SECRET-KEY-1${'Q'.repeat(58)}` },
      ['recovery.identity is not an age file that a passphrase opens'],
    ],
    [
      'with one that no passphrase opens',
      {
        ...recovery,
        identity: `-----BEGIN AGE ENCRYPTED FILE-----\n${unarmored}\n-----END AGE ENCRYPTED FILE-----\n`,
      },
      ['recovery.identity is not an age file that a passphrase opens'],
    ],
    [
      'with a recipient of another kind',
      { ...recovery, recipient: 'ssh-ed25519 AAAA' },
      ['recovery.recipient is not a recipient of age'],
    ],
  ])('%s is refused', (_, value, expected) => {
    expect(problems(value)).toEqual(expected);
  });
});

// The machine and whoever is in need use the program, not the library.
const age = (() => {
  try {
    execFileSync('age', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
it.runIf(age)('what the age program encrypts is opened', async () => {
  const sealed = execFileSync('age', ['--recipient', keys.recipient], { input: 'kit\n' });
  expect(await openSealed(sealed, await openIdentity(keys.identity, phrase, 'x'), 'x')).toBe('kit\n');
});
