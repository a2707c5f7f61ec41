import { readFileSync } from 'node:fs';

type TypeRule = string | TypeRule[] | { [field: string]: TypeRule };

interface Rules {
  inputs: Record<string, { type: TypeRule; required?: boolean; replaces?: boolean }>;
}

const facts = new Map<string, Rules>(
  ['digitalocean', 'hcloud', 'cloudflare', 'command'].flatMap((name) => {
    const file = new URL(`../../facts/${name}.json`, import.meta.url);
    return Object.entries(JSON.parse(readFileSync(file, 'utf8')).resources as Record<string, Rules>);
  }),
);

/** What a provider's published schema says of a resource. */
export function rulesOf(type: string): Rules {
  const found = facts.get(type);
  if (!found) throw new Error(`no published rules of ${type} under test/facts`);
  return found;
}

/** Everything about a resource's inputs that the published schema refuses. */
export function refusals(type: string, inputs: Record<string, unknown>): string[] {
  const rules = rulesOf(type);
  const fields = Object.fromEntries(
    Object.entries(rules.inputs).map(([key, rule]) => [rule.required ? key : `${key}?`, rule.type]),
  );
  return fieldRefusals(fields, inputs, type);
}

function fieldRefusals(fields: Record<string, TypeRule>, value: object, at: string): string[] {
  const known = new Map(Object.entries(fields).map(([key, type]) => [key.replace(/\?$/, ''), type]));
  return [
    ...Object.entries(value).flatMap(([key, item]) => {
      const type = known.get(key);
      return type === undefined ? [`${at}.${key} is unknown`] : typeRefusals(type, item, `${at}.${key}`);
    }),
    ...Object.keys(fields)
      .filter((key) => !key.endsWith('?') && (value as Record<string, unknown>)[key] === undefined)
      .map((key) => `${at}.${key} is missing`),
  ];
}

function typeRefusals(type: TypeRule, value: unknown, at: string): string[] {
  const wrong = (wanted: string) => [`${at} is not ${wanted} but ${JSON.stringify(value)}`];
  if (Array.isArray(type)) {
    if (!Array.isArray(value)) return wrong('a list');
    return value.flatMap((item, index) => typeRefusals(type[0] ?? 'any', item, `${at}[${index}]`));
  }
  if (typeof type === 'object') {
    if (Array.isArray(type.enum))
      return type.enum.includes(value as string) ? [] : wrong(type.enum.join('|'));
    if (typeof value !== 'object' || value === null) return wrong('a map');
    const each = type['*'];
    if (each === undefined) return fieldRefusals(type, value, at);
    return Object.entries(value).flatMap(([key, item]) => typeRefusals(each, item, `${at}.${key}`));
  }
  if (type === 'integer') return Number.isInteger(value) ? [] : wrong(type);
  return type === 'any' || typeof value === type ? [] : wrong(type);
}
