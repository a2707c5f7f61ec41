import { expect, it } from 'vitest';
import { VisibleError } from '../../components/errors.ts';
import { readGiven } from '../../scripts/lib/read-given.ts';

it.each(['/nowhere/at/all', '/'])('a file that cannot be read is named, and no bug: %s', (path) => {
  const read = () => readGiven(path, 'the new value');
  expect(read).toThrow(VisibleError);
  expect(read).toThrow(`cannot read the new value — ${path} — give its file, or - for stdin`);
});
