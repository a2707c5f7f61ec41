import type { Command } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { announce, findContext } from '../lib/context.ts';
import { destroy, nameOf, readState, refuseProtected, showLosses } from '../lib/destroy.ts';
import { withPassphraseOptions } from '../lib/options.ts';
import { type PassphraseSource, withPassphrase } from '../lib/passphrase.ts';
import { makeProgress } from '../lib/progress.ts';
import { ask, canAsk } from '../lib/prompt.ts';
import { configOf, readStackFile, requireStack, stackFile } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';

interface Flags extends PassphraseSource {
  yes?: boolean;
  json?: boolean;
  color?: boolean;
}

/** `coop destroy STACK`: everything of a stack goes, and what does not is named. */
export function destroyVerb(): Command {
  const command = verb('destroy', {
    summary: 'take a stack down: machines, buckets, names, and what is in them',
    details: `Shows what goes, has you type the stack's name, runs pulumi destroy, and says what is left and still costs. A protected stack
is refused; protection is lifted in two steps. The stack file stays: pulumi up makes the stack anew, empty.`,
    examples: [
      ['coop destroy alpha', 'asks for the name'],
      ['coop destroy alpha --yes', 'asks nothing'],
    ],
  })
    .argument('<stack>', 'which one')
    .option('-y, --yes', 'do not ask');
  return withPassphraseOptions(command).action(takeDown);
}

async function takeDown(stack: string, flags: Flags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  requireStack(context.projectDir, stack);
  const { document } = readStackFile(stackFile(context.projectDir, stack));
  const config = configOf(document, () => undefined);
  refuseProtected(stack, config, []);
  const work = async (env: NodeJS.ProcessEnv) => {
    const place = { projectDir: context.projectDir, stack, env };
    const resources = await readState(place);
    refuseProtected(stack, config, resources);
    process.stderr.write(
      resources.length > 0
        ? `what goes:\n${showLosses(resources).join('\n')}\n`
        : `${stack} has nothing that could go\n`,
    );
    if (resources.length > 0) await agree(stack, flags);
    return resources.length > 0 ? destroy(place, makeProgress(process.stderr, flags)) : [];
  };
  const left = await (document.has('encryptionsalt')
    ? withPassphrase(flags, context.env, work)
    : work(context.env));
  const names = left.map(nameOf);
  if (flags.json)
    process.stdout.write(`${JSON.stringify({ ok: left.length === 0, stack, left: names }, null, 2)}\n`);
  else if (left.length > 0)
    process.stdout.write(
      `still there, and still costing: ${names.join(', ')}\nmend what is said above, then again: coop destroy ${stack}\n`,
    );
  else
    process.stdout.write(
      `nothing of ${stack} is left that costs. Not part of it, and still there: images in your registry, the account at the mail relay, the DNS zone.\n`,
    );
  if (left.length > 0) process.exitCode = 1;
}

async function agree(stack: string, flags: Flags): Promise<void> {
  if (flags.yes) return;
  if (!canAsk() || flags.json)
    throw new VisibleError(
      `nobody can be asked — ${stack} — read what goes, then say --yes; nothing was changed`,
    );
  if ((await ask(`Type the name of the stack to delete all of it`)) !== stack)
    throw new VisibleError('another name — at the prompt — nothing was changed; run again when sure');
}
