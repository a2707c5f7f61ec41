// Entry of `coop`: parse, run one verb, turn whatever went wrong into a message and an exit code.
import { makeProgram } from './lib/program.ts';
import { reportFailure } from './lib/report-failure.ts';

try {
  await makeProgram().parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error, process.argv);
}
