import { VisibleError } from '../../components/errors.ts';

const remedy = 'use six random words, or: openssl rand -base64 24';

/**
 * Refuses a passphrase that could be guessed by whoever gets hold of the stack file: it protects every key of the
 * server, offline and for years. The passphrase itself is never repeated.
 */
export function checkPassphrase(passphrase: string, stack: string): void {
  const weakness = weaknessOf(passphrase, stack);
  if (weakness)
    throw new VisibleError(`the passphrase is too weak: ${weakness} — stack ${stack} — ${remedy}`);
}

function weaknessOf(passphrase: string, stack: string): string | undefined {
  if (passphrase.length < 20) return `${passphrase.length} characters, 20 or more are wanted`;
  const lower = passphrase.toLowerCase();
  const words = lower.split(/[^a-z]+/).filter(Boolean);
  if (/^[a-z]+([^a-z0-9]+[a-z]+)*$/.test(lower) && words.length < 5)
    return `${words.length} words, five or more are wanted`;
  if (new Set(lower).size < 8) return `only ${new Set(lower).size} different characters`;
  if (/^(.{1,10})\1+.{0,9}$/.test(lower)) return 'it repeats itself';
  const guessable = [
    stack.toLowerCase(),
    'social.coop',
    'mastodon',
    'password',
    'passphrase',
    'qwertyuiop',
    '1234567890',
    'abcdefghij',
  ];
  let rest = lower;
  for (const word of guessable) if (word.length > 3) rest = rest.replaceAll(word, '');
  if (rest.length < 14) return 'most of it can be guessed';
  return undefined;
}
