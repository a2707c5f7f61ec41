import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeKeys } from '../../components/config/describe.ts';
import { keys } from '../../components/config.ts';
import { configReference } from '../../scripts/lib/config-reference.ts';
import { checkout } from '../../scripts/lib/paths.ts';

const page = readFileSync(join(checkout, 'docs', 'reference', 'config.md'), 'utf8');
/** What is this program's alone, and explained on our own pages. */
const ours = ['app', 'federation', 'sshFrom', 'expires'];

describe('the reference of the stack file', () => {
  it('is on its page as the schema has it', () => {
    expect(page, 'run: node_modules/.bin/node scripts/reference.ts').toBe(configReference());
  });

  it.each(describeKeys())('lists $path with type, default and meaning', ({ path, type, description }) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${path}\``));
    expect(row?.split(/(?<!\\) \| /)).toHaveLength(4);
    expect(type).not.toBe('');
    expect(row).toContain(description.replaceAll('|', '\\|'));
  });

  it('names an official page for every key that is not this program’s alone', () => {
    const without = describeKeys().filter(({ source, path }) => !source && !path.endsWith('.provider'));
    expect([...new Set(without.map(({ path }) => path.split('.')[0]))]).toEqual(ours);
  });

  it('has units in the names of numbers, bounds for each, and no key twice', () => {
    const headings = page.match(/^## `.*`$/gm) ?? [];
    expect(headings).toEqual(Object.keys(keys).map((key) => `## \`${key}\``));
    for (const { path, type } of describeKeys().filter(({ type }) => type.includes(' to ')))
      expect(type, path).toMatch(/^\d+ to \d+(, (seconds|hours|days|megabytes|gigabytes))?$/);
  });
});
