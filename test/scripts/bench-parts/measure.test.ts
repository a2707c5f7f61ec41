import { beforeEach, describe, expect, it, vi } from 'vitest';
import { median, Table } from '../../../scripts/bench-parts/measure.ts';

describe('the table of figures', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });

  it('takes the middle of an odd number of values, and the mean of the middle two of an even one', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it('compares in pairs, so that a noisy run hits both sides', () => {
    const table = new Table(3);
    table.pairs('restore', { faster: 1.5 }, [1, 10, 1], [2, 20, 2]);
    table.pairs('restore', { faster: 2.5 }, [1, 10, 1], [2, 20, 2]);
    const [, , met, missed] = String(table).split('\n');
    expect(met).toContain('| 2.00 × as fast | ≥ 1.5 × | met |');
    expect(missed).toContain('| ≥ 2.5 × | **missed** |');
  });

  it('knows a baseline that may be faster', () => {
    const table = new Table(1);
    table.pairs('restore', { slower: 2.5 }, [5], [2]);
    table.pairs('restore', { slower: 2.4 }, [5], [2]);
    const [, , met, missed] = String(table).split('\n');
    expect(met).toContain('| 2.50 × the time | ≤ 2.5 × | met |');
    expect(missed).toContain('**missed**');
  });

  it('says a figure that is no time as it is', () => {
    const table = new Table(1);
    table.fact('canaries out', '0', '', '0', true);
    expect(String(table)).toContain('| canaries out | 0 |  |  | 0 | met |');
  });
});
