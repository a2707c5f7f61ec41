import { neverTested } from './never-tested.ts';
import { type PhaseFacts, phasesOf, type Stretch, ttrOf } from './phases.ts';
import { problemsIn } from './problems.ts';
import { rpoOf } from './rpo.ts';
import { type Canaries, type Report, reportSchema, type VerifyAnswer } from './schema.ts';

export interface ReportFacts extends Pick<PhaseFacts, 'up' | 'machine' | 'destroy' | 'clocks'> {
  source: string;
  stack: string;
  started: Date;
  ended: Date;
  /** Point in time that was asked for, ISO. */
  at?: string | undefined;
  /** Label of the backup that was asked for. */
  backup?: string | undefined;
  verify?: (Stretch & { answer: VerifyAnswer }) | undefined;
  canaries?: (Stretch & { answer: Canaries }) | undefined;
  /** Names of the checks that have to be among the answers. */
  expected: readonly string[];
  sizes?: Report['sizes'] | undefined;
  versions: Report['versions'];
  where: Report['machine'];
  /** What ended the rehearsal before its time. */
  failure?: string | undefined;
  /** Dumps that were there, where it was of dumps. */
  dumps?: Report['dumps'] | undefined;
  /** When they were listed, ISO: nothing newer can be in them. */
  lookedAt?: string | undefined;
  /** What this one left out by its options. */
  notTested?: Report['notTested'] | undefined;
}

/** A report from what was seen. It passes only when every check ran; what did not run is listed, with the reason. */
export function buildReport(facts: ReportFacts): Report {
  const { verify, canaries, at, clocks } = facts;
  const checks = verify?.answer.checks ?? [];
  const ended = (phase: string) => facts.machine.find(({ name }) => name === phase)?.end;
  const followedUntil = ended('replay') ?? ended('fetch');
  // A dump follows nobody: what was written until it was looked for would be lost.
  const asked = at ?? facts.lookedAt;
  const { problem, ...rpo } = verify ? rpoOf({ checks, at: asked, followedUntil, clocks }) : {};
  const problems = facts.failure
    ? [facts.failure]
    : problemsIn({ answer: verify?.answer, canaries: canaries?.answer, expected: facts.expected, problem });
  return reportSchema.parse({
    format: 1,
    source: facts.source,
    stack: facts.stack,
    started: facts.started.toISOString(),
    ended: facts.ended.toISOString(),
    result: problems.length === 0 ? 'passed' : 'failed',
    ...(problems.length > 0 ? { failure: problems.join('; ') } : {}),
    ...(at ? { at } : {}),
    ...defined('backup', facts.backup),
    ...rpo,
    ...defined('ttrSeconds', ttrOf(facts)),
    ...defined('dumps', facts.dumps),
    phases: phasesOf(facts),
    ...defined('clocks', clocks),
    sizes: facts.sizes ?? {},
    checks,
    ...defined('canaries', canaries?.answer),
    notTested: notTestedIn(facts),
    versions: facts.versions,
    machine: facts.where,
  } satisfies Report);
}

function notTestedIn({ verify, canaries, failure, dumps, notTested = [] }: ReportFacts): Report['notTested'] {
  const ended = failure ? 'the rehearsal ended before' : 'the machine gave no answer';
  return [
    ...(verify ? [] : [{ what: 'every check of the restored copy', why: ended }]),
    ...(verify?.answer.checks ?? [])
      .filter(({ status }) => status === 'not-tested')
      .map(({ check, reason }) => ({ what: check, why: reason || 'it gave no reason' })),
    ...(canaries ? [] : [{ what: 'the fence, by canaries', why: ended }]),
    ...notTested,
    ...neverTested({ dumps }),
  ];
}

const defined = <K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
