import type { Command } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { colorsFor } from '../lib/colors.ts';
import { type ConnectionFlags, type Reachable, withConnections } from '../lib/connection.ts';
import { announce, findContext } from '../lib/context.ts';
import { readInstanceStatus } from '../lib/instance-status.ts';
import { statusWords } from '../lib/instance-words.ts';
import { withConnectionOptions } from '../lib/options.ts';
import { makeProgress } from '../lib/progress.ts';
import { remoteOutput } from '../lib/remote.ts';
import { isBroken, type MachineStatus, type StackStatus, showStatus } from '../lib/show-status.ts';
import { configOf, readStackFile, stackFile } from '../lib/stack-file.ts';
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
    details: `Every machine of the stack at once: services, queues, last backup, last rehearsal, certificate, disk, jobs, drift, reboot,
version and federation, as each machine's own "instance status" sees them. Red (✖) is broken, yellow (▲) wants a look. What never ran or
is not known is not green. The word in front of a row is its heading in docs/runbooks/site-down.md. Ends with 1 when
anything is red.`,
    examples: [
      ['coop status staging', 'what needs somebody, and that the rest is well'],
      ['coop status staging --all', 'a row for each service and job'],
      [
        "coop status staging --json | jq '.machines[].role'",
        'for programs; what the machine that serves says also stands on top',
      ],
    ],
  })
    .argument('<stack>', 'whose machines')
    .option('-a, --all', 'a row for each thing, also the healthy ones');
  return withConnectionOptions(command).action(status);
}

async function status(stack: string, flags: Flags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  const machines = await withConnections(context, stack, flags, (reachable) =>
    makeProgress(process.stderr, flags).step(
      `ask ${reachable.map(({ target }) => target.address).join(', ')}`,
      () => Promise.all(reachable.map(ask)),
    ),
  );
  // Whoever reaches none has to mend the way there first.
  const [only] = machines;
  if (only?.failure && machines.every(({ failure }) => failure)) throw only.failure;
  const { document } = readStackFile(stackFile(context.projectDir, stack));
  const { expires } = configOf(document, () => undefined) as { expires?: string };
  const found: StackStatus = { stack, expires, machines };
  const ok = !isBroken(found);
  const serving = machines.find(({ status }) => status && status.role !== 'secondary')?.status;
  if (flags.json) {
    const each = machines.map(({ failure: _, ...machine }) => machine);
    process.stdout.write(`${JSON.stringify({ ok, stack, expires, ...serving, machines: each }, null, 2)}\n`);
  } else process.stdout.write(showStatus(found, colorsFor(process.stdout, flags), flags));
  if (!ok) process.exitCode = 1;
}

/** One machine's own status, or why there is none. */
async function ask({ role, target }: Reachable): Promise<MachineStatus & { failure?: VisibleError }> {
  const { address, stack } = target;
  try {
    const { code, stdout, stderr } = await remoteOutput(target, statusWords());
    const status = readInstanceStatus(stdout);
    if (status) return { role, address, status };
    throw new VisibleError(
      `the machine gave no status (exit ${code}): ${stderr.trim().split('\n').at(-1) || 'it said nothing'} — stack ${stack} — was it applied? run: pulumi up -s ${stack}`,
    );
  } catch (error) {
    if (!(error instanceof VisibleError)) throw error;
    return { role, address, unreachable: error.message, failure: error };
  }
}
