import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { historyPage } from '../../../scripts/lib/report/history-page.ts';
import { reportPage } from '../../../scripts/lib/report/page.ts';
import { publicPage } from '../../../scripts/lib/report/public.ts';
import { chromium, withBrowser } from './browser.ts';
import { check, report, second } from './sample.ts';

const directory = mkdtempSync(join(tmpdir(), 'coop-report-'));
afterAll(() => rmSync(directory, { recursive: true }));

const long = 'x'.repeat(200);
const good = report();
const months = Array.from({ length: 12 }, (_, month) => ({
  ...good,
  started: second(month * 2_592_000).toISOString(),
  ttrSeconds: 40_000 + month,
}));
const pages = {
  passed: reportPage(good),
  failed: reportPage(report({ failure: long, verify: undefined, canaries: undefined })),
  'full of long words': reportPage({
    ...good,
    source: long,
    checks: [check(long, { figure: long, reason: long })],
    phases: good.phases.map((phase) => ({ ...phase, name: long })),
    notTested: [{ what: long, why: long }],
  }),
  'of all rehearsals': historyPage(months),
  'of the first rehearsal': historyPage([good]),
  'for members': publicPage(good),
};

describe.skipIf(!chromium)(
  `in a browser${chromium ? '' : ' (skipped: no chromium here; Debian: apt install chromium)'}`,
  () => {
    it('every page is whole on a phone and a screen, light and dark, and nothing is complained of', async () => {
      await withBrowser(async (look) => {
        for (const [name, text] of Object.entries(pages)) {
          const file = join(directory, `${name}.html`);
          writeFileSync(file, text);
          for (const how of [{ width: 360 }, { width: 1280, dark: true }]) {
            const { png, ...seen } = await look(pathToFileURL(file).href, how);
            expect({ name, ...how, ...seen, smallest: seen.smallest >= 12 }).toEqual({
              ...{ name, ...how, smallest: true },
              ...{ complaints: [], overhang: 0, outside: [] },
            });
            // An empty page would be a picture of one colour: a few hundred bytes.
            expect(png.length).toBeGreaterThan(5000);
          }
        }
      });
    }, 60_000);
  },
);
