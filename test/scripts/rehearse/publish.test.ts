import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Bucket } from '../../../scripts/lib/rehearse/bucket.ts';
import { keepHere, keepInBucket } from '../../../scripts/lib/rehearse/publish.ts';
import { report, second } from '../report/sample.ts';

const first = report();
const later = { ...first, started: second(90_000).toISOString() };

function memory(): Bucket & { files: Map<string, { text: string; type: string }> } {
  const files = new Map<string, { text: string; type: string }>();
  return {
    files,
    put: async (key, text, type) => void files.set(key, { text, type }),
    get: async (key) => files.get(key)?.text ?? '',
    keys: async (prefix) => [...files.keys()].filter((key) => key.startsWith(prefix)),
  };
}

it('keeps each report in a directory of its own, and all of them on one page', () => {
  const directory = mkdtempSync(join(tmpdir(), 'coop-reports-'));
  try {
    keepHere(first, directory);
    writeFileSync(join(directory, '20261123T041500Z', 'report.json.bak'), 'x');
    const page = keepHere(later, directory);
    expect(page).toBe(join(directory, '20261124T051500Z', 'index.html'));
    expect(readdirSync(directory).sort()).toEqual([
      '20261123T041500Z',
      '20261124T051500Z',
      'index.html',
      'restore.prom',
    ]);
    expect(JSON.parse(readFileSync(join(directory, '20261123T041500Z/report.json'), 'utf8'))).toEqual(first);
    const history = readFileSync(join(directory, 'index.html'), 'utf8');
    for (const link of ['20261123T041500Z/index.html', '20261124T051500Z/index.html'])
      expect(history).toContain(link);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('does the same in the bucket, with what is there already, and names what cannot be read', async () => {
  const bucket = memory();
  await bucket.put('reports/20250101T000000Z/report.json', '{"format":9}', 'application/json');
  await bucket.put('reports/20250101T000000Z/notes/report.json', '{}', 'application/json');
  await keepInBucket(first, bucket);
  await keepInBucket(later, bucket);
  expect([...bucket.files.keys()]).toEqual(
    expect.arrayContaining([
      ...['report.json', 'index.html', 'public.html', 'public.txt'].map(
        (name) => `reports/20261124T051500Z/${name}`,
      ),
      'reports/index.html',
      'reports/restore.prom',
    ]),
  );
  expect(bucket.files.get('reports/index.html')).toMatchObject({
    type: 'text/html; charset=utf-8',
    text: expect.stringMatching(/1 report could not be read[\s\S]*20261124T051500Z[\s\S]*20261123T041500Z/),
  });
  expect(bucket.files.get('reports/restore.prom')?.text).toContain('restore_rpo_seconds{source="prod"} 3');
  const { last, passed } = JSON.parse(bucket.files.get('reports/last.json')?.text ?? '');
  expect([last.started, passed.started]).toEqual([later.started, later.started]);
});
