import type { z } from 'zod';
import { schemasAt } from './explain.ts';

/**
 * What is left of a value without its unsound parts, defaults filled in where the rest allows it: so that one
 * mistake does not hide another.
 */
export function sound(schema: z.ZodType, value: unknown, issues: z.core.$ZodIssue[]): unknown {
  const rest = structuredClone(value);
  for (const issue of issues) {
    const paths =
      issue.code === 'unrecognized_keys' ? issue.keys.map((name) => [...issue.path, name]) : [issue.path];
    for (const path of paths) if (!drop(rest, path, isRecord(schema, path))) return undefined;
  }
  const again = schema.safeParse(rest);
  return again.success ? again.data : rest;
}

/** Removes what a path leads to; false when that is the whole value. */
function drop(value: unknown, path: PropertyKey[], hole: boolean): boolean {
  const last = path.at(-1);
  if (last === undefined) return false;
  const parent = path.slice(0, -1).reduce<unknown>(step, value);
  if (typeof parent !== 'object' || parent === null) return true;
  // A list keeps its places when an item is deleted; a map must keep the name, for the checks of names.
  if (hole) (parent as Record<PropertyKey, unknown>)[last] = undefined;
  else delete (parent as Record<PropertyKey, unknown>)[last];
  return true;
}

function step(at: unknown, part: PropertyKey): unknown {
  return typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined;
}

function isRecord(schema: z.ZodType, path: PropertyKey[]): boolean {
  return schemasAt(schema, path.slice(0, -1)).some((at) => at._zod.def.type === 'record');
}
