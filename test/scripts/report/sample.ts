import { buildReport, type ReportFacts } from '../../../scripts/lib/report/build.ts';
import type { Check, Report } from '../../../scripts/lib/report/schema.ts';

const begin = Date.UTC(2026, 10, 23, 4, 15);
/** Seconds after the rehearsal began. */
export const second = (seconds: number) => new Date(begin + seconds * 1000);
const stretch = (start: number, end: number) => ({ start: second(start), end: second(end) });
const machine = (name: string, start: number, end: number) => ({
  name,
  start: second(start).toISOString(),
  end: second(end).toISOString(),
});

export const check = (name: string, more: Partial<Check> = {}): Check => ({
  check: name,
  status: 'passed',
  figure: '',
  values: {},
  reason: '',
  ...more,
});

export const checks = (): Check[] => [
  check('out-of-recovery', { figure: 'timeline 2' }),
  check('checksums', { figure: '0 failures in 274,113 pages' }),
  check('amcheck', { figure: '412 indexes, all heap tuples found' }),
  check('tables', { figure: '118 tables read once, 2.15 GB' }),
  check('manifest', { figure: '118 tables, largest difference 0.02 %' }),
  check('heartbeat', {
    figure: 'newest 2026-11-23 04:16:01 UTC',
    values: { newest: second(61).toISOString(), rows: 86400 },
  }),
  check('migrations', { figure: '20260301120000, none pending' }),
  check('encrypted-column', { figure: '3 of 3 decrypt' }),
  check('account-key', { figure: 'a signature verifies' }),
  check('media-sample', { status: 'not-tested', reason: 'the rehearsal ran with --media empty' }),
  check('healthy', { figure: 'web, streaming, 1 worker' }),
];

/** What a rehearsal that went well has seen; `more` is what went otherwise. */
export const facts = (more: Partial<ReportFacts> = {}): ReportFacts => ({
  source: 'prod',
  stack: 'rehearsal-20261123-041500',
  started: second(0),
  ended: second(139),
  up: stretch(0, 92),
  machine: [
    machine('packages', 14, 22),
    machine('images', 22, 36),
    machine('fence', 36, 37),
    machine('fetch', 37, 60),
    machine('replay', 60, 64),
    machine('app', 64, 91),
  ],
  verify: {
    ...stretch(92, 121),
    answer: {
      format: 1,
      started: second(92).toISOString(),
      ended: second(121).toISOString(),
      checks: checks(),
    },
  },
  canaries: {
    ...stretch(121, 128),
    answer: {
      sent: 6,
      refused: 6,
      passed: 0,
      counters: { 'output v4': 41, 'forward v6': 12 },
      canaries: ['host', 'web', 'streaming'].flatMap((from) => [
        { from, kind: 'http', refused: true },
        { from, kind: 'smtp', refused: true },
      ]),
    },
  },
  destroy: stretch(128, 139),
  expected: ['checksums', 'heartbeat', 'media-sample'],
  sizes: { databaseBytes: 2_150_000_000, repositoryBytes: 640_000_000, walBytes: 48_000_000 },
  versions: { app: '4.5.20', postgres: '17.6', pgbackrest: '2.55', coop: '0.1.0', pulumi: '3.220.0' },
  where: { provider: 'digitalocean', size: 's-4vcpu-8gb', region: 'fra1' },
  ...more,
});

export const report = (more: Partial<ReportFacts> = {}): Report => buildReport(facts(more));

/** The same with other checks. */
export const withChecks = (own: Check[], more: Partial<ReportFacts> = {}): ReportFacts => {
  const usual = facts(more);
  const { verify } = usual;
  if (!verify) throw new Error('no answer to change');
  return { ...usual, verify: { ...verify, answer: { ...verify.answer, checks: own } } };
};
