import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from '../../scripts/lib/paths.ts';
import { recordOf } from '../../scripts/lib/rehearse/record.ts';
import { report, second } from '../scripts/report/sample.ts';

const lib = join(checkout, 'host/opt/social.coop/libexec/lib');
const jq = (input: unknown, ...words: string[]) =>
  spawnSync('jq', ['-L', lib, '--compact-output', ...words], {
    encoding: 'utf8',
    input: JSON.stringify(input),
  });

describe('what a machine keeps of the last rehearsal', () => {
  const record = recordOf('prod', [report()]);
  const read = (given: unknown) => jq(given, '--from-file', join(lib, 'rehearsal.jq'));

  it('is all that coop says of it', () => {
    const { stdout, stderr } = read(record);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ ...record, metrics: record?.metrics.trimEnd() });
  });

  it.each([
    ['of another form', { ...record, format: 2 }],
    ['without a rehearsal', { ...record, last: undefined }],
    ['with a time that is none', { ...record, last: { ...record?.last, ended: 'yesterday' } }],
    ['with another word for how it ended', { ...record, last: { ...record?.last, result: 'fine' } }],
    ['that calls a failed one passed', { ...record, passed: { ...record?.last, result: 'failed' } }],
    ['with other metrics', { ...record, metrics: 'up 1\n' }],
    ['with figures that are none', { ...record, metrics: 'restore_rpo_seconds{source="x"} many\n' }],
  ])('refuses a record %s', (_, given) => {
    expect(read(given).status).not.toBe(0);
  });
});

describe('how a machine judges it', () => {
  const now = Math.floor(Date.now() / 1000);
  const ago = (days: number) => new Date((now - days * 86_400) * 1000).toISOString();
  const judge = (rehearsal: unknown): string => {
    const { stdout, stderr } = jq(rehearsal, 'include "checks"; [rehearsal_problems("prod")]');
    expect(stderr).toBe('');
    return stdout;
  };
  const last = (days: number, result: string) => ({ last: { ended: ago(days), result } });

  it.each([
    [{ since: ago(1), last: null }, /"yellow","about":"rehearsal","text":"never: .*: coop rehearse prod"/],
    [{ since: null, last: null }, /"yellow"/],
    [{ since: ago(36), last: null }, /"red","about":"rehearsal","text":"never/],
    [last(36, 'passed'), /"red".*the last one was 36 days ago: coop rehearse prod/],
    [last(1.2, 'failed'), /"red".*the last one failed, 28 h ago; when that is mended: coop rehearse prod/],
    [null, /"red".*cannot be read/],
    [last(34, 'passed'), /^\[\]$/m],
  ])('%j', (rehearsal, text) => expect(judge(rehearsal)).toMatch(text));
});

describe('the record', () => {
  const at = (seconds: number, more = {}) =>
    report({ started: second(seconds), ended: second(seconds + 100), ...more });

  it('is of the newest rehearsal of that source, and keeps the newest that passed', () => {
    const failed = at(9000, { failure: 'pulumi up failed' });
    const other = { ...at(99_000), source: 'staging' };
    const record = recordOf('prod', [at(100), failed, at(5000), other]);
    expect(record?.last).toMatchObject({ result: 'failed', started: second(9000).toISOString() });
    expect(record?.passed).toMatchObject({ result: 'passed', started: second(5000).toISOString() });
    const when = Math.floor(+second(5100) / 1000);
    expect(record?.metrics).toContain(`restore_last_success_timestamp_seconds{source="prod"} ${when}\n`);
    // Built upon what was kept, it is the same as built upon the reports.
    const kept = recordOf('prod', [at(100), at(5000)]);
    expect(recordOf('prod', [failed, ...(kept?.passed ? [kept.last, kept.passed] : [])])).toEqual(record);
  });

  it('says nothing of why one failed, and holds no answer of a machine', () => {
    const text = JSON.stringify(recordOf('prod', [at(1, { failure: 'a word of the engine' })]));
    expect(text).not.toMatch(/a word of the engine|checks|figure/);
    expect(recordOf('prod', [])).toBeUndefined();
  });
});
