import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { draw } from '../../scripts/lib/diagram/page.ts';
import { resourcesOf } from '../../scripts/lib/diagram/resources.ts';
import { checkout } from '../../scripts/lib/paths.ts';

const stacks = readdirSync(checkout).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
const folder = join(checkout, 'docs', 'architecture');

test.each(stacks)('the diagram of %s shows what its program asks for today', async (stack) => {
  const drawn = draw(stack, await resourcesOf(checkout, stack));
  for (const [ending, text] of [
    ['svg', drawn.svg],
    ['md', drawn.markdown],
  ] as const) {
    const path = join(folder, `${stack}.${ending}`);
    const there = existsSync(path) && readFileSync(path, 'utf8') === text;
    expect(there, `docs/architecture/${stack}.${ending} is out of date; run: npm run diagram`).toBe(true);
  }
});

test('there is no diagram of a stack that is gone', () => {
  const drawn = readdirSync(folder).map((name) => name.replace(/\.(svg|md)$/, ''));
  expect([...new Set(drawn)].sort()).toEqual([...stacks].sort());
});

test('two runs draw the same', async () => {
  const [first, second] = [await resourcesOf(checkout, 'staging'), await resourcesOf(checkout, 'staging')];
  expect(draw('staging', second)).toEqual(draw('staging', first));
  expect(first.filter(({ component }) => !component).length).toBeGreaterThan(10);
});
