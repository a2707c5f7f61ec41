// Writes docs/reference/ from the help texts and the schemas: node_modules/.bin/node scripts/reference.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configReference } from './lib/config-reference.ts';
import { checkout } from './lib/paths.ts';
import { reference } from './lib/reference.ts';
import { reportSchemaJson } from './lib/report/schema.ts';

const directory = join(checkout, 'docs', 'reference');
mkdirSync(directory, { recursive: true });
for (const [name, text] of [
  ['coop.md', reference()],
  ['config.md', configReference()],
  ['report.schema.json', reportSchemaJson()],
] as const) {
  writeFileSync(join(directory, name), text);
  console.log(join(directory, name));
}
