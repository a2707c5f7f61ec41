import type { z } from 'zod';
import { keys } from '../../../components/config.ts';

type Schema = z.core.$ZodType;

export interface Leaf {
  /** Path in the stack file; `*` stands for any name of a map. */
  path: string;
  description: string;
}

interface Def {
  type: string;
  innerType?: Schema;
  valueType?: Schema;
  options?: Schema[];
  shape?: Record<string, Schema>;
}

/** Every key a stack file may hold, down to the values, read from the schema itself. */
export function leaves(): Leaf[] {
  const found = Object.entries(keys).flatMap(([key, schema]) => walk(key, schema, ''));
  return [...new Map(found.map((leaf) => [leaf.path, leaf])).values()];
}

function walk(path: string, schema: Schema, outer: string): Leaf[] {
  const def = schema._zod.def as unknown as Def;
  const own = (schema as z.ZodType).meta()?.description ?? outer;
  if (def.innerType) return walk(path, def.innerType, own);
  if (def.options) return def.options.flatMap((option) => walk(path, option, own));
  if (def.shape)
    return Object.entries(def.shape).flatMap(([key, inner]) => walk(`${path}.${key}`, inner, own));
  if (def.type === 'record' && def.valueType) return walk(`${path}.*`, def.valueType, own);
  return [{ path, description: own }];
}
