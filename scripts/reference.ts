// Writes docs/reference/coop.md from the help texts: node_modules/.bin/node scripts/reference.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout } from './lib/paths.ts';
import { reference } from './lib/reference.ts';

const page = join(checkout, 'docs', 'reference', 'coop.md');
mkdirSync(dirname(page), { recursive: true });
writeFileSync(page, reference());
console.log(page);
