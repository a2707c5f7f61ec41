import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { schemasAt } from '../../../components/config/explain.ts';
import { keys, parseConfig } from '../../../components/config.ts';
import { engineConfig, stackFile } from '../../fixtures/stack.ts';
import { options } from '../support/config.ts';

interface Declared {
  type?: string;
  description: string;
  default: unknown;
}

const read = (name: string) => parse(readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8'));
const declared: Record<string, Declared> = read('Pulumi.yaml').config;

const kindOf = (schema: z.core.$ZodType) => schemasAt(schema, [])[0]?._zod.def.type ?? '';
const KINDS: Record<string, string> = {
  string: 'string',
  enum: 'string',
  number: 'number',
  boolean: 'boolean',
  array: 'array',
  object: 'object',
  record: 'object',
  union: 'object',
};

test('Pulumi.yaml declares every key of the schema and no other, in the same order', () => {
  expect(Object.keys(declared)).toEqual(Object.keys(keys));
});

test.each(Object.entries(keys))(
  'Pulumi.yaml describes %s as the schema does, with a default of its type',
  (name, schema) => {
    const entry = declared[name];
    expect(entry?.description).toBe(schema.meta()?.description);
    const type = Array.isArray(entry?.default) ? 'array' : typeof entry?.default;
    expect(type).toBe(KINDS[kindOf(schema)]);
    // The engine checks written-out types one at a time and would hide every other problem behind the first.
    expect(entry?.type).toBe(type === 'string' ? 'string' : undefined);
  },
);

test('the defaults of Pulumi.yaml are those of the schema', () => {
  const raw = engineConfig(stackFile());
  const defaults = Object.fromEntries(Object.entries(declared).map(([key, entry]) => [key, entry.default]));
  expect(parseConfig({ ...engineConfig(defaults), ...raw }, options)).toEqual(parseConfig(raw, options));
});

test('the engine runs index.ts as it stands, under the name our keys have', () => {
  const { name, main, runtime } = read('Pulumi.yaml');
  expect({ name, main, runtime }).toEqual({
    name: 'instance',
    main: 'index.ts',
    runtime: { name: 'nodejs', options: { typescript: false } },
  });
});

test.each(['staging', 'prod', 'alpha'])(
  'the shipped %s file holds no secret and nothing that was made up',
  (stack) => {
    const { config } = read(`Pulumi.${stack}.yaml`);
    const text = readFileSync(new URL(`../../../Pulumi.${stack}.yaml`, import.meta.url), 'utf8');
    for (const key of [
      'secrets',
      'images',
      'hostPublicKey',
      'deployPublicKey',
      'sshFrom',
      'contact',
      'recovery',
    ]) {
      expect(config).not.toHaveProperty(`instance:${key}`);
    }
    expect(text).not.toMatch(/sha256:|zoneId:|secure:|PRIVATE/);
  },
);
