import type { ResourceRules, TypeRule } from './rules.ts';
import { isAsset, isObject, isSecret, type Properties, unknown } from './wire.ts';

export interface Failure {
  property: string;
  reason: string;
}

/** How one family of providers words its refusals. */
export interface Dialect {
  unknown(resource: string, path: string): Failure;
  missing(resource: string, path: string): Failure;
  mistyped(resource: string, path: string, wanted: string, got: string): Failure;
}

/** Every input that the rules do not know, that is missing, or that has another type. */
export function checkInputs(
  rules: ResourceRules,
  dialect: Dialect,
  resource: string,
  inputs: Properties,
): Failure[] {
  const fields = Object.fromEntries(
    Object.entries(rules.inputs).map(([key, rule]) => [rule.required ? key : `${key}?`, rule.type]),
  );
  const { __defaults, ...given } = inputs;
  return checkFields(fields, given, '', (kind, path, ...rest) =>
    kind === 'mistyped'
      ? dialect.mistyped(resource, path, rest[0] ?? '', rest[1] ?? '')
      : dialect[kind](resource, path),
  );
}

type Report = (kind: keyof Dialect, path: string, ...rest: string[]) => Failure;

function checkFields(
  fields: Record<string, TypeRule>,
  value: Properties,
  at: string,
  report: Report,
): Failure[] {
  const path = (key: string) => (at ? `${at}.${key}` : key);
  const failures: Failure[] = [];
  const known = new Map(Object.entries(fields).map(([key, type]) => [key.replace(/\?$/, ''), type]));
  for (const [key, item] of Object.entries(value)) {
    if (item === null || item === undefined) continue;
    const type = known.get(key);
    if (type === undefined) failures.push(report('unknown', path(key)));
    else failures.push(...checkType(type, item, path(key), report));
  }
  for (const key of Object.keys(fields)) {
    if (!key.endsWith('?') && (value[key] === undefined || value[key] === null)) {
      failures.push(report('missing', path(key)));
    }
  }
  return failures;
}

function checkType(type: TypeRule, wrapped: unknown, at: string, report: Report): Failure[] {
  const value = isSecret(wrapped) ? wrapped.value : wrapped;
  if (value === unknown) return [];
  const wrong = (wanted: string) => [report('mistyped', at, wanted, kindOf(value))];
  if (Array.isArray(type)) {
    if (!Array.isArray(value)) return wrong('array');
    return value.flatMap((item, index) => checkType(type[0] ?? 'any', item, `${at}[${index}]`, report));
  }
  if (typeof type === 'string') return matches(type, value) ? [] : wrong(nameOf(type, value));
  const { enum: choices } = type;
  if (Array.isArray(choices)) return choices.includes(value as string) ? [] : wrong(choices.join('|'));
  if (!isObject(value)) return wrong('object');
  const each = type['*'];
  if (each === undefined) return checkFields(type, value, at, report);
  return Object.entries(value).flatMap(([key, item]) => checkType(each, item, `${at}.${key}`, report));
}

function matches(type: string, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number';
    case 'integer':
      return Number.isInteger(value);
    case 'pulumi.json#/Asset':
      return isAsset(value);
    default:
      return true;
  }
}

function nameOf(type: string, value: unknown): string {
  if (type === 'integer') return typeof value === 'number' ? 'integer' : 'number';
  return type === 'boolean' ? 'bool' : type.replace('pulumi.json#/', '').toLowerCase();
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
