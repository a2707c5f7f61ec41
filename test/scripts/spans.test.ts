import { describe, expect, it } from 'vitest';
import { span } from '../../scripts/lib/spans.ts';
import { day } from './shown-status.ts';

describe('spans of time', () => {
  it.each([
    [0, '0 s'],
    [119, '119 s'],
    [121, '2 min'],
    [7200, '2 h'],
    [2 * day, '2 days'],
    [-5, '0 s'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(span(seconds)).toBe(text);
  });
});
