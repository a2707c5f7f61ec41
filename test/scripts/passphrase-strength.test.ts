import { describe, expect, it } from 'vitest';
import { VisibleError } from '../../components/errors.ts';
import { checkPassphrase } from '../../scripts/lib/passphrase-strength.ts';

describe('a new passphrase', () => {
  it.each([
    ['short', 'mellon42', '8 characters'],
    ['few words', 'correct horse battery staple', '4 words'],
    ['one key', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'word'],
    ['a few digits', '121212121212121212121212', 'different'],
    ['repeated', 'aB3$efGhiJaB3$efGhiJ', 'repeats'],
    ['the stack and the domain', 'staging!social.coop!2026', 'guessed'],
  ])('is refused when it is %s', (_, passphrase, reason) => {
    expect(() => checkPassphrase(passphrase, 'staging')).toThrow(reason);
    expect(() => checkPassphrase(passphrase, 'staging')).toThrow(VisibleError);
  });

  it('is never repeated in the message', () => {
    expect(() => checkPassphrase('mellon42', 'staging')).not.toThrow(/mellon/);
  });

  it.each([
    'MzE0MTU5MjY1MzU4OTc5MzIzODQ2',
    'gravel otter lamp sunday frost quill',
    '0f3a9c2277b1d4e86a5590cc',
  ])('is taken when nobody can guess it', (passphrase) => {
    expect(() => checkPassphrase(passphrase, 'staging')).not.toThrow();
  });
});
