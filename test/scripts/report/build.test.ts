import { describe, expect, it } from 'vitest';
import { buildReport } from '../../../scripts/lib/report/build.ts';
import { neverTested } from '../../../scripts/lib/report/never-tested.ts';
import { reportPage } from '../../../scripts/lib/report/page.ts';
import { reportSchema } from '../../../scripts/lib/report/schema.ts';
import { check, checks, facts, report, second, withChecks } from './sample.ts';

const canaries = (more: object) => {
  const { canaries: usual } = facts();
  return { canaries: usual && { ...usual, answer: { ...usual.answer, ...more } } };
};

describe('a report', () => {
  it('has RPO from the newest heartbeat to the end of the replay, and TTR up to the end of the checks', () => {
    const made = report();
    expect(made).toMatchObject({ result: 'passed', rpoSeconds: 3, rpoFrom: 'heartbeat', ttrSeconds: 121 });
    expect(made.failure).toBeUndefined();
    expect(reportSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  it('splits the time by phase, with what the cloud did before the machine spoke', () => {
    expect(report().phases.map(({ name, seconds }) => [name, seconds])).toEqual([
      ['provision', 14],
      ['packages', 8],
      ['images', 14],
      ['fence', 1],
      ['fetch', 23],
      ['replay', 4],
      ['app', 27],
      ['verify', 29],
      ['canaries', 7],
      ['destroy', 11],
    ]);
  });

  it('keeps what went through a phase, where that was counted', () => {
    const { machine } = facts();
    const media = {
      ...(machine.find(({ name }) => name === 'fetch') as object),
      bytes: 4_600_000,
      objects: 90,
    };
    const made = report({ machine: [...machine, { ...media, name: 'media' } as (typeof machine)[number]] });
    expect(made.phases.find(({ name }) => name === 'media')).toMatchObject({
      seconds: 23,
      bytes: 4_600_000,
      objects: 90,
    });
    expect(reportPage(made)).toMatch(/Media<\/dt><dd>4\.6 MB<small>90 files, copied at 200 kB a second/);
  });

  it('brings the clocks of source and copy together before it subtracts', () => {
    // One second of the three is the clocks': the copy's runs that much ahead of the source's.
    const { phases, rpoSeconds } = report({ clocks: { machine: 2, source: 1 } });
    expect(rpoSeconds).toBe(2);
    expect(phases.find(({ name }) => name === 'fetch')?.start).toBe(second(35).toISOString());
  });

  it('measures up to the time that was asked for', () => {
    expect(report({ at: second(62).toISOString(), clocks: { machine: 9 } })).toMatchObject({ rpoSeconds: 1 });
  });

  it('falls back to the newest row the app wrote, and says so', () => {
    const own = checks().flatMap((each) =>
      each.check === 'heartbeat'
        ? [
            check('heartbeat', { status: 'not-tested', reason: 'there is none' }),
            check('newest-row', { values: each.values }),
          ]
        : [each],
    );
    expect(buildReport({ ...withChecks(own), expected: [] })).toMatchObject({
      result: 'passed',
      rpoFrom: 'newest row',
      rpoSeconds: 3,
    });
  });

  it('lists what was not tested, by its reason, and what no rehearsal can test', () => {
    const { notTested } = report({ notTested: [{ what: 'PITR', why: 'not asked for' }] });
    expect(notTested).toEqual([
      { what: 'media-sample', why: 'the rehearsal ran with --media empty' },
      { what: 'PITR', why: 'not asked for' },
      ...neverTested({}),
    ]);
  });

  it('says that the other ways back were not taken, but not of dumps, which are of no stack of ours', () => {
    const listed = (more: object) => report(more).notTested.map(({ what }) => what);
    const others = [
      'the recovery kit in the bucket, and its passphrase',
      'the second repository',
      'dumps of pg-dump-to-s3',
      'images kept in the bucket',
    ];
    expect(listed({}).slice(-4)).toEqual(others);
    expect(listed({ dumps: [] })).toContain('every media file');
    for (const other of others) expect(listed({ dumps: [] })).not.toContain(other);
  });
});

describe('a rehearsal passes only when every check ran', () => {
  const failed = (name: string, more: object) =>
    checks().map((each) => (each.check === name ? { ...each, ...more } : each));

  it.each([
    [
      'a failed check',
      withChecks(failed('checksums', { status: 'failed', reason: '2 bad pages' })),
      /^checksums: 2 bad pages$/,
    ],
    [
      'a check that is missing',
      withChecks(checks().filter(({ check: name }) => name !== 'checksums')),
      /^checksums: did not run$/,
    ],
    [
      'a check that was not tested and does not say why',
      withChecks(failed('media-sample', { reason: '' })),
      /media-sample: .*no reason/,
    ],
    ['no check at all', { ...withChecks([]), expected: [] }, /no check ran/],
    ['no answer', facts({ verify: undefined }), /checks gave no answer/],
    ['no yardstick', withChecks(failed('heartbeat', { values: {} })), /RPO: no check said how new/],
    [
      'a heartbeat from the future',
      withChecks(failed('heartbeat', { values: { newest: second(87).toISOString() } })),
      /RPO: .*23 s in the future/,
    ],
    [
      'writes later than the time asked for',
      facts({ at: second(10).toISOString() }),
      /RPO: .*51 s newer than the time that was asked for/,
    ],
    ['no replay', facts({ machine: [] }), /RPO: .*when the replay ended/],
    ['no canaries', facts({ canaries: undefined }), /fence: the canaries gave no answer/],
    ['none sent', facts(canaries({ sent: 0, refused: 0 })), /fence: no canary was sent/],
    ['one that got out', facts(canaries({ refused: 5, passed: 1 })), /fence: 1 canary of 6 got out/],
    ['one unaccounted for', facts(canaries({ refused: 5 })), /fence: 1 of 6 canaries are unaccounted for/],
    ['an end before its time', facts({ failure: 'pulumi up failed' }), /^pulumi up failed$/],
  ])('%s', (_, seen, failure) => {
    const made = buildReport(seen);
    expect(made.result).toBe('failed');
    expect(made.failure).toMatch(failure);
  });

  it('and an early end leaves a report that says what was never reached', () => {
    const made = report({
      failure: 'pulumi up failed',
      verify: undefined,
      canaries: undefined,
      machine: [{ name: 'packages', start: second(14).toISOString() }],
    });
    expect(made.ttrSeconds).toBeUndefined();
    expect(made.phases.map(({ name }) => name)).toEqual(['provision', 'destroy']);
    expect(made.notTested.slice(0, 2)).toEqual([
      { what: 'every check of the restored copy', why: 'the rehearsal ended before' },
      { what: 'the fence, by canaries', why: 'the rehearsal ended before' },
    ]);
  });
});
