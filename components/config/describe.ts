import type { z } from 'zod';
import { keys } from './schema.ts';
import { sourceOf } from './sources.ts';

type Schema = z.core.$ZodType;

/** What there is to know of one value of a stack file. */
export interface KeyFacts {
  /** Path in the stack file; `*` stands for any name of a map. */
  path: string;
  /** Kind, bounds and unit, in words. */
  type: string;
  /** In JSON; undefined where there is none. */
  default: string | undefined;
  /** Whether a stack file without it is refused (or a section of it, where that is there). */
  required: boolean;
  description: string;
  /** The provider under which there is such a key. */
  provider?: string;
  /** Official page it rests on. */
  source: string | undefined;
}

interface Def {
  type: string;
  innerType?: Schema;
  valueType?: Schema;
  element?: Schema;
  options?: Schema[];
  shape?: Record<string, Schema>;
  defaultValue?: unknown;
  entries?: Record<string, string>;
  values?: unknown[];
}

interface Outer {
  description: string;
  default?: string | undefined;
  required: boolean;
  provider?: string;
  /** What stands for the whole section when it is left out. */
  preset?: Record<string, unknown>;
}

const defOf = (schema: Schema) => schema._zod.def as unknown as Def;

/** Every key a stack file may hold, down to the values, read from the schema itself. */
export function describeKeys(): KeyFacts[] {
  return Object.entries(keys).flatMap(([key, schema]) =>
    walk(key, schema, { description: '', required: true }),
  );
}

function walk(path: string, schema: Schema, given: Outer): KeyFacts[] {
  const def = defOf(schema);
  const outer = { ...given, description: (schema as z.ZodType).meta()?.description ?? given.description };
  if (def.innerType) return walk(path, def.innerType, withWrapper(outer, def));
  if (def.options) return def.options.flatMap((option) => walk(path, option, withProvider(outer, option)));
  if (def.shape)
    return Object.entries(def.shape).flatMap(([key, inner]) =>
      walk(`${path}.${key}`, inner, insideOf(outer, key)),
    );
  // An entry of a map is there because somebody named it.
  if (def.type === 'record' && def.valueType)
    return walk(`${path}.*`, def.valueType, { ...insideOf(outer), required: false });
  const { description, required, default: fallback, provider } = outer;
  return [
    {
      path,
      type: typeOf(path, schema),
      default: fallback,
      required,
      description,
      source: sourceOf(path, provider),
      ...(provider ? { provider } : {}),
    },
  ];
}

/** A section's own default says nothing that its keys' do not, save where it names one. */
function insideOf({ description, provider, preset }: Outer, key = ''): Outer {
  const value = preset?.[key];
  return {
    description,
    required: value === undefined,
    ...(value === undefined ? {} : { default: JSON.stringify(value) }),
    ...(provider ? { provider } : {}),
  };
}

function withWrapper(outer: Outer, def: Def): Outer {
  if (def.type === 'optional') return { ...outer, required: false };
  if (def.type === 'prefault') return { ...outer, preset: def.defaultValue as Record<string, unknown> };
  if (def.type !== 'default') return outer;
  return { ...outer, required: false, default: JSON.stringify(def.defaultValue) };
}

function withProvider(outer: Outer, option: Schema): Outer {
  const provider = defOf(option).shape?.provider;
  const value = provider && defOf(provider).values?.[0];
  return value === undefined ? outer : { ...outer, provider: String(value) };
}

const KINDS: Record<string, string> = { string: 'text', boolean: 'true or false', object: 'map' };
const UNITS: Record<string, string> = { rpo: 'seconds', hours: 'hours', gigabytes: 'gigabytes' };

/** A key's unit is in its name. */
function unitOf(path: string): string {
  const name = path.split('.').at(-1) ?? '';
  const unit = UNITS[name] ?? (/Mb$/.test(name) ? 'megabytes' : /Days$/.test(name) ? 'days' : undefined);
  return unit ? `, ${unit}` : '';
}

function typeOf(path: string, schema: Schema): string {
  const def = defOf(schema);
  if (def.element) return `list of ${typeOf('', unwrapped(def.element)).replace(/^map$/, 'maps')}`;
  if (def.type === 'number') {
    const { minValue, maxValue } = schema as z.ZodNumber;
    return `${Math.max(0, minValue ?? 0)} to ${maxValue}${unitOf(path)}`;
  }
  const choices = def.entries ? Object.values(def.entries) : (def.values ?? []);
  if (choices.length > 0) return choices.map((choice) => `\`${String(choice)}\``).join(', ');
  return KINDS[def.type] ?? def.type;
}

function unwrapped(schema: Schema): Schema {
  const inner = defOf(schema).innerType;
  return inner ? unwrapped(inner) : schema;
}
