import type { Canaries, VerifyAnswer } from './schema.ts';
import { counted } from './words.ts';

interface Answers {
  answer?: VerifyAnswer | undefined;
  canaries?: Canaries | undefined;
  expected: readonly string[];
  /** Why RPO is not known. */
  problem?: string | undefined;
}

/** Every reason why a rehearsal that came to its end has not passed. */
export function problemsIn({ answer, canaries, expected, problem }: Answers): string[] {
  if (!answer) return ['the checks gave no answer'];
  const { checks } = answer;
  const missing = expected.filter((name) => !checks.some(({ check }) => check === name));
  return [
    ...(checks.length === 0 ? ['no check ran'] : []),
    ...missing.map((name) => `${name}: did not run`),
    ...checks
      .filter(({ status }) => status === 'failed')
      .map(({ check, reason, figure }) => `${check}: ${reason || figure || 'failed'}`),
    ...checks
      .filter(({ status, reason }) => status === 'not-tested' && reason === '')
      .map(({ check }) => `${check}: was not tested and gave no reason`),
    ...(problem ? [`RPO: ${problem}`] : []),
    ...fenceProblems(canaries),
  ];
}

function fenceProblems(canaries: Canaries | undefined): string[] {
  if (!canaries) return ['the fence: the canaries gave no answer'];
  const { sent, refused, passed } = canaries;
  if (sent === 0) return ['the fence: no canary was sent'];
  if (passed > 0) return [`the fence: ${counted(passed, 'canary', 'canaries')} of ${sent} got out`];
  return refused === sent ? [] : [`the fence: ${sent - refused} of ${sent} canaries are unaccounted for`];
}
