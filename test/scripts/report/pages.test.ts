import { describe, expect, it } from 'vitest';
import { historyPage } from '../../../scripts/lib/report/history-page.ts';
import { reportPage } from '../../../scripts/lib/report/page.ts';
import { prometheusText } from '../../../scripts/lib/report/prometheus.ts';
import { publicPage, publicText } from '../../../scripts/lib/report/public.ts';
import { reportSchema } from '../../../scripts/lib/report/schema.ts';
import { duration, size, stamp } from '../../../scripts/lib/report/words.ts';
import { check, report, second } from './sample.ts';

const good = report();
const bad = report({ started: second(86_400), failure: 'pulumi up failed', verify: undefined });

/** Every text of a report replaced by one that breaks out of whatever it is put in. */
const evil = `</title></style></script><script>alert(1)</script>"'\`>&amp;\u202e\u0000\n<img src=x onerror=alert(2)>`;
const hostile = reportSchema.parse(
  JSON.parse(
    JSON.stringify({ ...good, failure: 'x', result: 'failed' }, (key, value) =>
      typeof value !== 'string' ||
      ['started', 'ended', 'start', 'end', 'result', 'status', 'rpoFrom'].includes(key)
        ? value
        : evil,
    ),
  ),
);

describe('the page of a rehearsal', () => {
  const page = reportPage(good);

  it('says result, RPO, TTR, every phase, every check and all that was not tested', () => {
    for (const text of ['✓ passed', 'RPO', '3 s', 'TTR', '2 min 1 s', '2.15 GB', '93.5 MB a second'])
      expect(page).toContain(text);
    for (const { name } of good.phases) expect(page.split(name).length, name).toBeGreaterThan(2);
    for (const { check: name } of good.checks) expect(page).toContain(name);
    for (const { what, why } of good.notTested) expect(page).toContain(`<strong>${what}</strong>: ${why}`);
    expect(page).toContain('0 got out');
  });

  it('draws each phase where it was and as long as it took', () => {
    const bars = [...page.matchAll(/<rect class="bar[^"]*" x="([\d.]+)%" width="([\d.]+)%"/g)];
    expect(bars).toHaveLength(good.phases.length);
    const fetch = bars[good.phases.findIndex(({ name }) => name === 'fetch')];
    expect(Number(fetch?.[1])).toBeCloseTo((100 * 37) / 139, 1);
    expect(Number(fetch?.[2])).toBeCloseTo((100 * 23) / 139, 1);
  });

  it('asks nothing of anybody: no script, no address outside', () => {
    for (const text of [page, historyPage([good, bad]), publicPage(good)]) {
      expect(text).not.toMatch(/<script|@import|url\(|https?:\/\//);
      expect(text).toContain("default-src 'none'");
    }
  });

  it('says why, when it failed', () => {
    expect(reportPage(bad)).toMatch(/✗ failed[\s\S]*Why it failed:<\/strong> pulumi up failed/);
    expect(page).not.toContain('Why it failed');
  });

  it('puts what failed first', () => {
    const made = { ...good, checks: [check('first'), check('later', { status: 'failed' as const })] };
    expect(reportPage(made)).toMatch(/later[\s\S]*first/);
  });
});

describe('hostile values', () => {
  it.each([
    ['page', reportPage(hostile)],
    ['history', historyPage([hostile])],
    ['public page', publicPage(hostile)],
  ])('do not leave their place on the %s', (_, page) => {
    expect(page).not.toMatch(/<script|<img/);
    for (const character of ['\u202e', '\u0000']) expect(page).not.toContain(character);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page.match(/<\/title>/g)?.length).toBe(page.match(/<title/g)?.length);
  });

  it('do not break a metric', () => {
    const lines = prometheusText([hostile]).trimEnd().split('\n');
    for (const line of lines)
      expect(line).toMatch(/^(# (HELP|TYPE) .+|restore_\w+\{(\w+="([^"\\\n]|\\.)*",?)+\} [\d.]+)$/);
  });

  it('say nothing to members', () => {
    for (const text of [publicText(hostile), publicPage(hostile)]) expect(text).not.toContain('alert');
  });
});

describe('the history', () => {
  const page = historyPage([good, bad, { ...good, started: second(172_800).toISOString() }], 1);

  it('has every rehearsal, the newest first, each with its page', () => {
    const links = [...page.matchAll(/href="(\w+)\/index\.html"/g)].map(([, name]) => name);
    expect(links).toEqual(['20261125T041500Z', '20261124T041500Z', '20261123T041500Z']);
    expect(stamp(good.started)).toBe('20261123T041500Z');
    expect(page).toContain('1 report could not be read and is left out');
  });

  it('draws what there is to draw, and names the last that passed', () => {
    expect(page.match(/class="dot"/g)).toHaveLength(4);
    expect(page).toContain('Last one that passed: <strong>2026-11-25 04:15 UTC');
    expect(historyPage([bad])).toContain('None has passed');
    expect(historyPage([])).toContain('None yet');
    expect(historyPage([report({ started: second(9) })])).toContain('50%');
  });
});

describe('the public version', () => {
  it('fits a post, and holds the date, RPO, TTR and what was not tested', () => {
    const text = publicText(good);
    expect(text.length).toBeLessThanOrEqual(500);
    expect(text).toMatch(/23 November 2026[\s\S]*2 min 1 s[\s\S]*3 s[\s\S]*10 of 11[\s\S]*Not tested: /);
    expect(text).toContain('; spare copies of our keys, database and software');
    expect(publicText({ ...good, dumps: [] })).not.toContain('spare copies');
    const long = {
      ...good,
      started: second(-70 * 86_400).toISOString(),
      ttrSeconds: 751,
      rpoSeconds: 45_296,
    };
    expect(publicText(long)).toMatch(/September[\s\S]*12 min 31 s[\s\S]*12 h 34 min/);
    expect(publicText(long).length).toBeLessThanOrEqual(500);
    expect(publicText(bad)).toMatch(/failed/);
    expect(publicText(bad).length).toBeLessThanOrEqual(500);
  });

  it('names no stack, machine, check or cause', () => {
    for (const text of [publicText(good), publicText(bad), publicPage(bad)])
      expect(text).not.toMatch(/rehearsal-|prod\b|digitalocean|media-sample|pulumi/);
  });
});

describe('metrics', () => {
  it('are of the newest rehearsal, but keep the last success', () => {
    const text = prometheusText([good, bad]);
    expect(text).not.toContain('restore_rpo_seconds');
    expect(text).toContain(
      `restore_last_success_timestamp_seconds{source="prod"} ${Math.floor(+second(139) / 1000)}\n`,
    );
    expect(prometheusText([good])).toContain('restore_ttr_seconds{source="prod",phase="fetch"} 23\n');
    expect(prometheusText([good])).toContain('restore_ttr_seconds{source="prod",phase="all"} 121\n');
    expect(prometheusText([good])).toContain('restore_rpo_seconds{source="prod"} 3\n');
    expect(prometheusText([bad])).toContain('timestamp_seconds{source="prod"} 0\n');
    expect(prometheusText([good])).not.toMatch(/canaries|destroy/);
  });
});

describe('figures', () => {
  it.each([
    [0.04, '0 s'],
    [8.64, '8.6 s'],
    [59.9, '60 s'],
    [59.96, '1 min'],
    [106, '1 min 46 s'],
    [3600, '1 h'],
    [3661, '1 h 1 min'],
    [90_061, '1 d 1 h'],
    [-3, '−3 s'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [2_150_000_000, '2.15 GB'],
    [100e12, '100 TB'],
  ])('%d bytes are %s', (bytes, text) => expect(size(bytes)).toBe(text));
});
