import { expect, test } from 'vitest';
import { parseArguments } from '../../../../lab/standin/src/cli/arguments.ts';

test('words, flags and values are told apart as Thor does', () => {
  const { words, options } = parseArguments([
    'accounts',
    'create',
    'alice',
    '--email',
    'a@b.c',
    '--confirmed',
    '--role=Owner',
  ]);
  expect(words).toEqual(['accounts', 'create', 'alice']);
  expect(Object.fromEntries(options)).toEqual({ email: 'a@b.c', confirmed: true, role: 'Owner' });
});

test('an option without its value is refused', () => {
  expect(() => parseArguments(['media', 'remove', '--days'])).toThrow(
    "No value provided for option '--days'",
  );
});
