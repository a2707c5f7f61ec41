import type { Command } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { colorsFor } from '../lib/colors.ts';
import { type ConnectionFlags, withConnection } from '../lib/connection.ts';
import { announce, findContext } from '../lib/context.ts';
import { readInstanceStatus } from '../lib/instance-status.ts';
import { statusWords } from '../lib/instance-words.ts';
import { withConnectionOptions } from '../lib/options.ts';
import { makeProgress } from '../lib/progress.ts';
import { remoteOutput } from '../lib/remote.ts';
import { isBroken, showStatus } from '../lib/show-status.ts';
import { verb } from '../lib/verb.ts';

interface Flags extends ConnectionFlags {
  all?: boolean;
  json?: boolean;
  color?: boolean;
}

/** `coop status STACK`: one screen. */
export function statusVerb(): Command {
  const command = verb('status', {
    summary: 'show on one screen whether all is well',
    details: `Services, queues, last backup, certificate, disk, timers, version and federation, as the machine's own "instance status"
sees them. Red (✖) is broken, yellow (▲) wants a look. What never ran or is not known is not green. Ends with 1 when
anything is red.`,
    examples: [
      ['coop status staging', 'what needs somebody, and that the rest is well'],
      ['coop status staging --all', 'a row for each service and timer'],
      ["coop status staging --json | jq '.backup'", 'for programs'],
    ],
  })
    .argument('<stack>', 'whose machine')
    .option('-a, --all', 'a row for each thing, also the healthy ones');
  return withConnectionOptions(command).action(status);
}

async function status(stack: string, flags: Flags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  const result = await withConnection(context, stack, flags, (target) =>
    makeProgress(process.stderr, flags).step(`ask ${target.address}`, () =>
      remoteOutput(target, statusWords()),
    ),
  );
  const found = readInstanceStatus(result.stdout);
  if (!found)
    throw new VisibleError(
      `the machine gave no status (exit ${result.code}): ${result.stderr.trim().split('\n').at(-1) || 'it said nothing'} — stack ${stack} — was it applied? run: pulumi up -s ${stack}`,
    );
  const broken = isBroken(found);
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok: !broken, stack, ...found }, null, 2)}\n`);
  else process.stdout.write(showStatus(stack, found, colorsFor(process.stdout, flags), flags));
  if (broken) process.exitCode = 1;
}
