import { beforeEach, expect, it, vi } from 'vitest';
import { Table } from '../../../scripts/bench-parts/measure.ts';
import { straight } from '../../../scripts/bench-parts/rehearsal.ts';

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
});

it.each([
  [
    'a line with a small constant meets the bar',
    [55, 100, 250],
    'off by 0.0 s at most: 0.0 % of the largest',
    'met',
  ],
  ['a constant that is large misses it', [70, 115, 265], 'off by 0.0 s', '**missed**'],
  [
    'points that lie on no line miss it',
    [10, 110, 130],
    '41.3 s + 24.7 s per GB, off by 44.0 s at most: 33.8 % of the largest',
    '**missed**',
  ],
])('%s', (_, ttrs, words, verdict) => {
  const table = new Table(1);
  straight(
    table,
    [0.1, 1, 4],
    ttrs.map((ttr, index) => [[0.1, 1, 4][index] as number, ttr]),
  );
  const row = String(table).split('\n').at(-1);
  expect(row).toContain(words);
  expect(row).toContain(`| constant ≤ 60 s, off ≤ 10 % | ${verdict} |`);
});
