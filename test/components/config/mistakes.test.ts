import { describe, expect, test } from 'vitest';
import { engineConfig, stackFile } from '../../fixtures/stack.ts';
import { set } from '../support/edits.ts';
import { mistakes } from '../support/mistakes/index.ts';
import { of, problems } from '../support/problems.ts';

describe.each(mistakes)('%s', (_, changes, key, reason) => {
  test(`is reported under ${key}, with a remedy`, () => {
    const found = of(changes).find((problem) => problem.key === key);
    expect(found?.reason).toMatch(reason);
    expect(found?.remedy).not.toBe('');
  });
});

test('all of these mistakes at once are all reported, none hides another', () => {
  // Two changes of one key cannot be made at once; without a version nothing can be said of its processes.
  const used = new Set(['appVersion']);
  const together = mistakes.filter(([, changes]) => {
    const tops = Object.keys(changes).map((path) => path.split('.')[0] ?? '');
    if (tops.some((top) => used.has(top))) return false;
    for (const top of tops) used.add(top);
    return true;
  });
  expect(together.length).toBeGreaterThan(20);
  const file = together.reduce((all, [, changes]) => set(all, changes), stackFile());
  const found = problems(engineConfig(file)).map(({ key }) => key);
  for (const [what, , key] of together) expect(found, what).toContain(key);
});
