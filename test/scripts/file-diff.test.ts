import { expect, it } from 'vitest';
import { fileDiff } from '../../scripts/lib/file-diff.ts';

it('shows the lines that differ with two around them', () => {
  expect(fileDiff('a\nb\nc\nd\ne\n', 'a\nb\nc\nX\nd\ne\n')).toEqual(['  b', '  c', '+ X', '  d', '  e']);
  expect(fileDiff('a\nb\nc\n', 'a\nc\n')).toEqual(['  a', '- b', '  c']);
  expect(fileDiff('a\nb\n', 'a\nB\n')).toEqual(['  a', '- b', '+ B']);
  expect(fileDiff('', 'a\n')).toEqual(['- ', '+ a']);
});

it('tells lines that repeat apart', () => {
  expect(fileDiff('x\nx\n', 'x\nx\nx\n')).toEqual(['  x', '  x', '+ x']);
});

it('shows nothing of equal texts', () => {
  expect(fileDiff('a\nb\n', 'a\nb\n')).toEqual([]);
});
