import { VisibleError } from '../errors.ts';
import type { Problem } from './types.ts';

/** Everything wrong with a stack's configuration, in one message. */
export class ConfigError extends VisibleError {
  override name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(project: string, stack: string, problems: readonly Problem[]) {
    super(describe(project, stack, problems));
    this.problems = problems;
  }
}

function describe(project: string, stack: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map((problem) => {
    const shown = problem.value === undefined ? '' : ` = ${problem.value}`;
    // A key under a misspelt namespace carries that namespace.
    const key = /^[\w-]+:/.test(problem.key) ? problem.key : `${project}:${problem.key}`;
    return `  ${problem.reason} — ${key}${shown} — ${problem.remedy}`;
  });
  return [`${count} in the configuration of stack ${stack} (Pulumi.${stack}.yaml):`, ...lines].join('\n');
}
