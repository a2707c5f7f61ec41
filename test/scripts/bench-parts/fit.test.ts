import { expect, it } from 'vitest';
import { line } from '../../../scripts/bench-parts/fit.ts';

it('finds the line that points lie on', () => {
  const { constant, slope, off } = line([0.1, 1, 4].map((x) => [x, 40 + 12 * x]));
  expect(constant).toBeCloseTo(40);
  expect(slope).toBeCloseTo(12);
  expect(off).toBeCloseTo(0);
});

it('says how far the farthest point is from it', () => {
  const { off } = line([
    [0, 0],
    [1, 3],
    [2, 0],
  ]);
  expect(off).toBeCloseTo(2);
});
