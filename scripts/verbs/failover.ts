import type { Command } from 'commander';
import { announce, findContext } from '../lib/context.ts';
import { failoverSteps } from '../lib/failover-steps.ts';
import { configOf, readStackFile, requireStack, stackFile } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';

const reason =
  'failover is not built yet: no machine holds a copy of the database, and a secondary stands by without data';

/** `coop failover STACK`: refuses, and says what to do instead. */
export function failoverVerb(): Command {
  return verb('failover', {
    summary: 'not built yet: prints what to do by hand when the primary is gone',
    details:
      'Changes nothing and always ends with 1. The steps bring the instance back from its backups on a new machine at the same addresses.',
    examples: [['coop failover prod', 'the steps, with the names of this stack']],
  })
    .argument('<stack>', 'whose machine is gone')
    .action((stack: string, flags: { json?: boolean }) => {
      const context = findContext();
      announce(context, stack);
      requireStack(context.projectDir, stack);
      const { document } = readStackFile(stackFile(context.projectDir, stack));
      const steps = failoverSteps(
        stack,
        configOf(document, () => undefined),
      );
      if (flags.json)
        process.stdout.write(`${JSON.stringify({ ok: false, stack, error: reason, steps }, null, 2)}\n`);
      else {
        process.stderr.write(`${reason}\n`);
        const lines = steps.flatMap(({ what, command }, index) => [
          `${index + 1}. ${what}`,
          ...(command ? [`   ${command}`] : []),
        ]);
        process.stdout.write(`${lines.join('\n')}\n`);
      }
      process.exitCode = 1;
    });
}
