import { isDeepStrictEqual } from 'node:util';
import type { ResourceRules } from './rules.ts';
import { hasUnknown, type Properties, plain } from './wire.ts';

export interface Diff {
  /** Inputs that differ, and how. */
  changed: Record<string, 'add' | 'update' | 'delete'>;
  /** Those of them that replace the resource. */
  replaces: string[];
}

/** Compares inputs; `unordered` says whose lists are sets. */
export function diffInputs(
  rules: ResourceRules,
  olds: Properties,
  news: Properties,
  options: { unordered?: (input: string) => boolean } = {},
): Diff {
  const changed: Diff['changed'] = {};
  for (const key of Object.keys(rules.inputs)) {
    const unordered = options.unordered?.(key) ?? false;
    const before = canonical(plain(olds[key]), unordered);
    const after = canonical(plain(news[key]), unordered);
    const absent = (value: unknown) => value === undefined || value === null;
    if (absent(before) && absent(after)) continue;
    if (absent(before)) changed[key] = 'add';
    else if (absent(after)) changed[key] = 'delete';
    else if (hasUnknown(after) || !isDeepStrictEqual(before, after)) changed[key] = 'update';
  }
  return { changed, replaces: Object.keys(changed).filter((key) => rules.inputs[key]?.replaces) };
}

function canonical(value: unknown, unordered: boolean): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item, unordered));
    return unordered ? items.sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b))) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compare(a, b));
  return Object.fromEntries(entries.map(([key, item]) => [key, canonical(item, unordered)]));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
