import { isIP } from 'node:net';
import type { z } from 'zod';
import { checks } from './checks.ts';
import { ConfigError } from './error.ts';
import { explain, schemasAt, shown, unknownKey } from './explain.ts';
import { nearest } from './nearest.ts';
import { type Key, keys, type Parsed } from './schema.ts';
import { sound } from './sound.ts';
import type { Loose, Problem, StackConfig } from './types.ts';

export interface ParseOptions {
  /** Pulumi project; the namespace of our keys. */
  project: string;
  /** Name of the stack, for the message. */
  stack: string;
  /** Keys Pulumi holds as secrets (`project:key`); their values are never shown. */
  secretKeys?: readonly string[];
  /** What `expires` is compared with. Default: now. */
  now?: Date;
}

/**
 * Reads Pulumi's configuration map into one validated object, every default filled in.
 *
 * Values are strings, structured ones in JSON, as the engine hands them over
 * (https://www.pulumi.com/docs/iac/concepts/config/). Throws a ConfigError that names everything that is wrong.
 */
export function parseConfig(raw: Readonly<Record<string, string>>, options: ParseOptions): StackConfig {
  const problems: Problem[] = [];
  const parsed: Record<string, unknown> = {};
  const ours = ownKeys(raw, options, problems);
  for (const name of Object.keys(keys) as Key[]) {
    const schema: z.core.$ZodType = keys[name];
    const secret = name === 'secrets' || options.secretKeys?.includes(`${options.project}:${name}`) === true;
    const value = decode(schema, ours.get(name));
    if (value === WRONG) {
      problems.push(wrongType(name, schema, ours.get(name), secret));
      continue;
    }
    if (isEmpty(value) && needs(schema)) {
      problems.push({ key: name, reason: 'is missing', remedy: missing(schema) });
      continue;
    }
    // An optional section is left out by the same empty map that Pulumi.yaml has as its default.
    const given = isEmpty(value) && !Array.isArray(value) ? undefined : value;
    const result = keys[name].safeParse(given, { reportInput: true });
    if (!result.success) problems.push(...explain(name, schema, value, result.error.issues, secret));
    parsed[name] = result.success ? result.data : sound(keys[name], value, result.error.issues);
  }
  problems.push(...checkEncrypted(ours, options));
  const config = fill(parsed as Loose<Parsed>);
  for (const check of checks) problems.push(...check(config, options.now ?? new Date()));
  if (problems.length > 0) throw new ConfigError(options.project, options.stack, problems);
  return config as StackConfig;
}

/** Secrets in plain text are in the stack file's history for good. */
function checkEncrypted(ours: ReadonlyMap<string, string>, { project, secretKeys }: ParseOptions): Problem[] {
  const raw = ours.get('secrets');
  if (raw === undefined || raw === '{}' || !secretKeys || secretKeys.includes(`${project}:secrets`))
    return [];
  const remedy = 'make new ones and set each with `pulumi config set --secret --path secrets.NAME`';
  return [{ key: 'secrets', value: '[secret]', reason: 'is in the stack file in plain text', remedy }];
}

/** Defaults that follow from other keys. */
function fill(parsed: Loose<Parsed>): Loose<StackConfig> {
  const { domain, primary, secondary } = parsed;
  const machines = { primary: addressed(primary), ...(secondary && { secondary: addressed(secondary) }) };
  const filled = { ...parsed, ...machines };
  if (!parsed.storage || domain === undefined) return filled;
  // 63 characters are the most a bucket's name may have.
  const stem = domain.replaceAll('.', '-').slice(0, 55);
  return { ...filled, storage: { media: `${stem}-media`, backups: `${stem}-backups`, ...parsed.storage } };
}

/** An existing host that is named by its address is also reached there by the world. */
function addressed(machine: Loose<Parsed>['primary']): Loose<StackConfig>['primary'] {
  if (machine?.provider !== 'existing' || machine.host === undefined || isIP(machine.host) !== 4)
    return machine;
  return { address: machine.host, ...machine };
}

/** Our keys without their namespace; others are Pulumi's own and the providers'. */
function ownKeys(raw: Readonly<Record<string, string>>, options: ParseOptions, problems: Problem[]) {
  const found = new Map<string, string>();
  for (const [full, value] of Object.entries(raw)) {
    const at = full.indexOf(':');
    const [namespace, name] = [full.slice(0, at), full.slice(at + 1)];
    if (namespace !== options.project) {
      if (nearest(namespace, [options.project]) === undefined) continue;
      const meant = nearest(name, Object.keys(keys)) ?? name;
      problems.push({
        key: full,
        reason: 'is under a name nobody reads',
        remedy: `did you mean ${options.project}:${meant}?`,
      });
    } else if (Object.hasOwn(keys, name)) {
      found.set(name, value);
    } else {
      const secret = options.secretKeys?.includes(full) === true;
      problems.push(unknownKey([name], Object.keys(keys), value, secret));
    }
  }
  return found;
}

const WRONG = Symbol('not of its type');

function decode(schema: z.core.$ZodType, raw: string | undefined): unknown {
  if (raw === undefined) return undefined;
  if (kindOf(schema) === 'string' || kindOf(schema) === 'enum') return raw === '' ? undefined : raw;
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    return WRONG;
  }
}

function kindOf(schema: z.core.$ZodType): string {
  return schemasAt(schema, [])[0]?._zod.def.type ?? 'unknown';
}

function wrongType(name: string, schema: z.core.$ZodType, raw: string | undefined, secret: boolean): Problem {
  const [problem] = explain(name, schema, raw, [...(issuesOf(schema, raw) ?? [])], secret);
  return (
    problem ?? { key: name, value: shown(raw, secret), reason: 'cannot be read', remedy: missing(schema) }
  );
}

function issuesOf(schema: z.core.$ZodType, raw: unknown) {
  return (schema as z.ZodType).safeParse(raw, { reportInput: true }).error?.issues;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Whether nothing at all is less than the key needs. */
function needs(schema: z.core.$ZodType): boolean {
  return !(schema as z.ZodType).safeParse(undefined).success;
}

function missing(schema: z.core.$ZodType): string {
  const meta = (schema as z.ZodType).meta() as { missing?: string; description?: string } | undefined;
  return meta?.missing ?? `set it: ${meta?.description}`;
}
