import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyPage } from '../report/history-page.ts';
import { reportPage } from '../report/page.ts';
import { prometheusText } from '../report/prometheus.ts';
import { publicPage, publicText } from '../report/public.ts';
import { type Report, reportSchema } from '../report/schema.ts';
import { stamp } from '../report/words.ts';
import type { Bucket } from './bucket.ts';
import { recordOf } from './record.ts';

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
  prom: 'text/plain; version=0.0.4',
};
const typeOf = (name: string) => types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';

/** What is kept of one rehearsal, by name in its own directory. */
export function filesOf(report: Report): Record<string, string> {
  return {
    'report.json': `${JSON.stringify(report, null, 2)}\n`,
    'index.html': reportPage(report),
    'public.html': publicPage(report),
    'public.txt': publicText(report),
  };
}

/** What is kept of all of them, beside those directories. */
function filesOfAll(texts: readonly string[], reports = readable(texts)): Record<string, string> {
  return {
    'index.html': historyPage(reports, texts.length - reports.length),
    'restore.prom': prometheusText(reports),
  };
}

const readable = (texts: readonly string[]): Report[] =>
  texts.flatMap((text): Report[] => {
    try {
      return [reportSchema.parse(JSON.parse(text))];
    } catch {
      return [];
    }
  });

const isReport = /^\d{8}T\d{6}Z\/report\.json$/;

/** Writes a report and renews the history beside it, on this computer. Returns the page to open. */
export function keepHere(report: Report, directory: string): string {
  const own = join(directory, stamp(report.started));
  mkdirSync(own, { recursive: true });
  for (const [name, text] of Object.entries(filesOf(report))) writeFileSync(join(own, name), text);
  const all = readdirSync(directory)
    .map((name) => `${name}/report.json`)
    .filter((name) => isReport.test(name))
    .flatMap((name) => {
      try {
        return [readFileSync(join(directory, name), 'utf8')];
      } catch {
        return [];
      }
    });
  for (const [name, text] of Object.entries(filesOfAll(all))) writeFileSync(join(directory, name), text);
  return join(own, 'index.html');
}

/** The same in the source's bucket of backups, where everybody of the group finds it. */
export async function keepInBucket(report: Report, bucket: Bucket): Promise<void> {
  for (const [name, text] of Object.entries(filesOf(report)))
    await bucket.put(`reports/${stamp(report.started)}/${name}`, text, typeOf(name));
  const keys = (await bucket.keys('reports/')).filter((key) => isReport.test(key.slice('reports/'.length)));
  const texts: string[] = [];
  for (const key of keys) texts.push(await bucket.get(key));
  const record = recordOf(report.source, [report, ...readable(texts)]);
  // A machine that is built anew finds here what the one before knew.
  const all = { ...filesOfAll(texts), 'last.json': `${JSON.stringify(record)}\n` };
  for (const [name, text] of Object.entries(all)) await bucket.put(`reports/${name}`, text, typeOf(name));
}
