import type { InitStack } from '../../lab/up.ts';
import { initStack } from './init.ts';
import { showProblem } from './init-report.ts';
import type { Progress } from './progress.ts';

/** The lab shows its own progress. */
const silent: Progress = { note: () => {}, step: (_name, work) => work() };

/** `coop init` as the lab knows it: the lab imports nothing of scripts/. */
export const makeLabStack: InitStack = async (options) => {
  const { problems } = await initStack({ ...options, progress: silent });
  return { problems: problems.map(showProblem) };
};
