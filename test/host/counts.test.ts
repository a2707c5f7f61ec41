import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from '../../scripts/lib/paths.ts';

const program = join(checkout, 'host/opt/social.coop/libexec/lib/verify/counts.jq');
type Tables = Record<string, { rows: number; checksum?: string }>;

/** What is said of a copy that ended so many hours after its source was counted; 0: in that very place. */
function verdict(hours: number, source: Tables, here: Tables, schemas = [20251001, 20251001]) {
  const folder = mkdtempSync(join(tmpdir(), 'coop-counts-'));
  const file = (name: string, ...content: object[]) => {
    writeFileSync(join(folder, name), content.map((each) => JSON.stringify(each)).join('\n'));
    return ['--slurpfile', name, join(folder, name)];
  };
  const counted = Date.parse('2026-11-22T03:00:00Z');
  try {
    const said = execFileSync('jq', [
      ...['--null-input', '--from-file', program, '--arg', 'exact', String(hours === 0)],
      ...['--arg', 'time', '20261122T030000Z', '--arg', 'until'],
      new Date(counted + hours * 3_600_000).toISOString(),
      ...file('manifest', { schema: schemas[0], time: '2026-11-22T03:00:00.123456+00:00', tables: source }),
      ...file('here', { schema: schemas[1] }, ...Object.entries(here).map(([name, of]) => ({ [name]: of }))),
    ]);
    return JSON.parse(said.toString());
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const of = (rows: number, checksum?: string): Tables => ({
  statuses: { rows, ...(checksum && { checksum }) },
});

describe('rows that a copy has', () => {
  it('are those that were counted, when nothing was written in between', () => {
    expect(verdict(0, of(100_000, 'a'), of(100_000, 'a'))).toMatchObject({
      status: 'passed',
      figure: '1 tables exactly as counted',
    });
    expect(verdict(0, of(100_000), of(99_999)).reason).toBe('rows: statuses 99999 instead of 100000');
    expect(verdict(0, of(100_000), of(100_001)).reason).toBe('rows: statuses 100001 instead of 100000');
    expect(verdict(0, of(5, 'a'), of(5, 'b')).reason).toBe('other content: statuses');
  });

  it.each([
    [1, 100_000, 98_750],
    [20, 100_000, 94_000],
    [200, 100_000, 90_000],
    [20, 40, 30],
  ])('may be fewer after %i h, of %i at least %i', (hours, counted, least) => {
    expect(verdict(hours, of(counted), of(least)).status).toBe('passed');
    expect(verdict(hours, of(counted), of(least - 1))).toMatchObject({
      status: 'failed',
      reason: `rows: statuses ${least - 1} instead of ${counted}`,
    });
  });

  it.each([
    [1, 100_000, 103_000],
    [20, 100_000, 141_000],
    [200, 100_000, 150_000],
    [20, 10, 20],
  ])('may be more after %i h, of %i at most %i', (hours, counted, most) => {
    expect(verdict(hours, of(counted), of(most)).status).toBe('passed');
    expect(verdict(hours, of(counted), of(most + 1)).status).toBe('failed');
  });

  it('are missing with their table, unless a newer schema has run since', () => {
    expect(verdict(5, of(3), {}).reason).toBe('missing: statuses');
    expect(verdict(5, of(3), {}, [20251001, 20260101]).status).toBe('passed');
  });
});
