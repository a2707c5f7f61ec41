import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../../components/config/nearest.ts';

const known = ['domain', 'contact', 'rpo', 'containerRange', 'containerRange6', 'sshFrom'];

test.each([
  ['domian', 'domain'],
  ['Domain', 'domain'],
  ['contianerRange', 'containerRange'],
  ['containerRange66', 'containerRange6'],
  ['sshform', 'sshFrom'],
  ['rp', 'rpo'],
])('%s is taken for %s', (name, meant) => {
  expect(nearest(name, known)).toBe(meant);
});

test.each(['', 'completely', 'x', 'database'])('%j is like none of them', (name) => {
  expect(nearest(name, known)).toBeUndefined();
});

test('a known name is nearest to itself, and what is named is always known', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect([undefined, ...known]).toContain(nearest(name, known));
    }),
  );
  for (const name of known) expect(nearest(name, known)).toBe(name);
});
