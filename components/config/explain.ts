import type { z } from 'zod';
import { nearest } from './nearest.ts';
import type { Problem } from './types.ts';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;
interface Meta {
  description?: string;
  missing?: string;
}

/** Turns what zod found under one key into problems a person can act on. */
export function explain(
  key: string,
  schema: Schema,
  value: unknown,
  issues: Issue[],
  secret: boolean,
): Problem[] {
  return issues.flatMap((issue) => {
    const where = [key, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((name) =>
        unknownKey([...where, name], knownAt(schema, issue.path), known(issue, name), secret),
      );
    }
    if (issue.code === 'invalid_union' && issue.discriminator && where.at(-1) !== issue.discriminator) {
      where.push(issue.discriminator);
    }
    const found = valueAt(value, where.slice(1));
    const { reason, remedy } = judge(issue, found);
    const [meta] = metasAt(schema, where.slice(1));
    const absent = metasAt(schema, where.slice(1)).find((each) => each.missing)?.missing;
    return [
      {
        key: join(where),
        value: shown(found, secret),
        reason,
        remedy: (found === undefined ? absent : remedy) ?? remedy ?? fallback(meta),
      },
    ];
  });
}

/** A key nobody reads; names the one that was probably meant. */
export function unknownKey(
  path: PropertyKey[],
  names: readonly string[],
  value: unknown,
  secret: boolean,
): Problem {
  const meant = nearest(String(path.at(-1)), names);
  return {
    key: join(path),
    value: shown(value, secret),
    reason: 'is not a known key',
    remedy: meant
      ? `did you mean ${join([...path.slice(0, -1), meant])}?`
      : `remove it; known are ${names.join(', ')}`,
  };
}

/** A value as an error may show it. */
export function shown(value: unknown, secret: boolean): string | undefined {
  if (value === undefined) return undefined;
  if (secret) return '[secret]';
  const json = JSON.stringify(value);
  return json.length > 100 ? `${json.slice(0, 99)}…` : json;
}

/** `['admins', 'ann', 0]` → `admins.ann[0]`, the way `pulumi config --path` writes it. */
export function join(path: PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[A-Za-z0-9_-]+$/.test(String(part)))
      return `${text}[${JSON.stringify(String(part).slice(0, 60))}]`;
    return text ? `${text}.${String(part)}` : String(part);
  }, '');
}

function judge(issue: Issue, found: unknown): { reason: string; remedy?: string } {
  if (found === undefined && issue.code !== 'custom' && issue.code !== 'invalid_key')
    return { reason: 'is missing' };
  switch (issue.code) {
    case 'invalid_type':
      return { reason: `must be ${ARTICLE[issue.expected] ?? issue.expected}, not ${typeOf(found)}` };
    case 'too_small':
    case 'too_big': {
      const [word, bound] = issue.code === 'too_small' ? ['least', issue.minimum] : ['most', issue.maximum];
      const unit = issue.origin === 'string' ? ' characters long' : issue.origin === 'array' ? ' long' : '';
      return { reason: `must be at ${word} ${bound}${unit}` };
    }
    case 'invalid_value':
      return { reason: 'is not one of the choices', remedy: choose(found, issue.values.map(String)) };
    case 'invalid_union':
      return {
        reason: 'is not one of the choices',
        remedy: choose(found, ('options' in issue ? (issue.options ?? []) : []).map(String)),
      };
    case 'invalid_key': {
      const inner = issue.issues[0];
      return inner ? judge(inner, '') : { reason: issue.message };
    }
    case 'custom': {
      const { remedy, names, list } = (issue.params ?? {}) as {
        remedy?: string;
        names?: string[];
        list?: string;
      };
      return { reason: issue.message, remedy: names ? choose(found, names, list) : remedy };
    }
    default:
      return { reason: issue.message };
  }
}

const ARTICLE: Record<string, string> = {
  string: 'a string',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys to values',
  record: 'a map of names to values',
};

function choose(value: unknown, names: readonly string[], list?: string): string {
  const meant = typeof value === 'string' ? nearest(value, names) : undefined;
  return `${meant ? `did you mean ${meant}? ` : ''}${list ? `all are in ${list}` : `one of ${names.join(', ')}`}`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

function fallback(meta: Meta | undefined): string {
  return meta?.description ? `set it: ${meta.description}` : 'see its description in Pulumi.yaml';
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((at, part) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    return (at as Record<PropertyKey, unknown>)[part];
  }, value);
}

function known(issue: Issue & { code: 'unrecognized_keys' }, name: string): unknown {
  return issue.input && Object.hasOwn(issue.input, name) ? issue.input[name] : undefined;
}

function knownAt(schema: Schema, path: PropertyKey[]): string[] {
  return schemasAt(schema, path).flatMap((at) =>
    at._zod.def.type === 'object' ? Object.keys(shapeOf(at)) : [],
  );
}

/** What is written beside a field, then beside the section it is in, and so on outwards. */
function metasAt(schema: Schema, path: PropertyKey[]): Meta[] {
  return Array.from({ length: path.length + 1 }, (_, up) => path.slice(0, path.length - up))
    .flatMap((part) => schemasAt(schema, part, true))
    .map((at) => (at as z.ZodType).meta() as Meta | undefined)
    .filter((meta) => meta !== undefined);
}

/** The schemas a path may lead to (several under a union); with `wrapped`, their wrappers too. */
export function schemasAt(schema: Schema, path: PropertyKey[], wrapped = false): Schema[] {
  const layers = unwrap(schema);
  const inner = layers.at(-1) ?? schema;
  const [part, ...rest] = path;
  const def = inner._zod.def as { type: string; element?: Schema; valueType?: Schema; options?: Schema[] };
  if (def.type === 'union') return (def.options ?? []).flatMap((option) => schemasAt(option, path, wrapped));
  if (part === undefined) return wrapped ? layers : [inner];
  if (def.type === 'object') {
    const shape = shapeOf(inner);
    const next = Object.hasOwn(shape, part) ? shape[String(part)] : undefined;
    return next ? schemasAt(next, rest, wrapped) : [];
  }
  const next = def.type === 'array' ? def.element : def.type === 'record' ? def.valueType : undefined;
  return next ? schemasAt(next, rest, wrapped) : [];
}

function unwrap(schema: Schema): Schema[] {
  const inner = (schema._zod.def as { innerType?: Schema }).innerType;
  return inner ? [schema, ...unwrap(inner)] : [schema];
}

function shapeOf(schema: Schema): Record<string, Schema> {
  return (schema._zod.def as unknown as { shape: Record<string, Schema> }).shape;
}
