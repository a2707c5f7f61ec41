import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkout } from '../../../scripts/lib/paths.ts';
import { reportSchema, reportSchemaJson } from '../../../scripts/lib/report/schema.ts';
import { report } from './sample.ts';

it('the published schema is the one that reports are checked by', () => {
  const page = readFileSync(join(checkout, 'docs', 'reference', 'report.schema.json'), 'utf8');
  expect(page, 'run: node_modules/.bin/node scripts/reference.ts').toBe(reportSchemaJson());
});

it('refuses what is not a report', () => {
  const good = report();
  for (const bad of [
    { ...good, format: 2 },
    { ...good, more: 1 },
    { ...good, result: 'ok' },
    { ...good, started: 'yesterday' },
    { ...good, ttrSeconds: -1 },
    { ...good, checks: [{ check: 'x', status: 'skipped' }] },
    { ...good, notTested: [{ what: 'x', why: '' }] },
  ])
    expect(reportSchema.safeParse(bad).success, JSON.stringify(bad).slice(0, 80)).toBe(false);
});
