import type { Command } from 'commander';
import { colorsFor } from '../lib/colors.ts';
import { announce, findContext } from '../lib/context.ts';
import { withPassphraseOptions } from '../lib/options.ts';
import type { PassphraseSource } from '../lib/passphrase.ts';
import { requireStack } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';

interface Flags extends PassphraseSource {
  json?: boolean;
  color?: boolean;
}

/** `coop doctor [STACK]`: what is missing on this computer and in the accounts, and how to get it. */
export function doctorVerb(): Command {
  const command = verb('doctor', {
    summary: 'say what is missing, and how to get it',
    details: `Looks at versions, SSH, Pulumi's state and its locks, the stack file and its passphrase, every token and what it may do,
the servers the state knows, rehearsals that killed runs left behind, limits of the accounts, DNS records that are not ours and
would conflict, the machine itself, and the month's costs. Changes nothing: whether a token may write is found out by a request that
lacks every required field. Asks nothing. Ends with 1 when something has to be mended. Without STACK: only what concerns every stack.`,
    examples: [
      ['coop doctor prod', 'before the first pulumi up, and whenever something is odd'],
      ['coop doctor', 'on a new laptop, before there is a stack'],
      ['coop doctor prod --json | jq \'.checks[] | select(.level == "failure")\'', 'for programs'],
    ],
  }).argument('[stack]', 'which stack');
  return withPassphraseOptions(command).action(doctor);
}

async function doctor(stack: string | undefined, flags: Flags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  if (stack !== undefined) requireStack(context.projectDir, stack);
  const { examine } = await import('../doctor/examine.ts');
  const { isIll, showResults } = await import('../doctor/show.ts');
  const results = await examine(context, stack, flags);
  const ill = isIll(results);
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok: !ill, stack, checks: results }, null, 2)}\n`);
  else process.stdout.write(showResults(results, colorsFor(process.stdout, flags)));
  if (ill) process.exitCode = 1;
}
