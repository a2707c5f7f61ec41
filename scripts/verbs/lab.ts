import { type Command, Option } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { paths } from '../../lab/paths.ts';
import { endWith } from '../lib/exit-code.ts';
import { several, withoutDashes } from '../lib/options.ts';
import { canAsk, confirm } from '../lib/prompt.ts';
import { verb } from '../lib/verb.ts';

// The lab's modules are loaded by the verb that needs them: help and the other verbs do not wait for them.

interface Flags {
  json?: boolean;
  yes?: boolean;
  stack?: string[];
  image?: 'auto' | 'official' | 'standin';
}

/** `coop lab up|down|status|shell`: the clouds on this machine. */
export function labVerb(): Command {
  return verb('lab', {
    summary: 'the clouds on this machine: up, down, status, shell',
    details: `Stands in for DigitalOcean, Spaces, Cloudflare, Let's Encrypt and a registry, so that every stack runs for real without an
account. Needs Linux, root and Docker; has no way out to the Internet.`,
    examples: [
      ['coop lab up', 'start it'],
      ['coop lab shell', 'a shell where pulumi acts on the lab'],
      ['coop lab shell -- pulumi up -s staging', 'one command in it'],
      ['coop lab down', 'take it away, with everything in it'],
    ],
  })
    .enablePositionalOptions()
    .addCommand(upVerb())
    .addCommand(downVerb())
    .addCommand(statusVerb())
    .addCommand(shellVerb());
}

function upVerb(): Command {
  return verb('up', {
    summary: 'start the lab',
    details:
      'Repeating it starts what is missing. The first run builds what cannot be downloaded, and keeps it.',
    examples: [
      ['coop lab up', 'then: coop lab shell'],
      ['coop lab up --stack staging --stack prod', 'several stacks, which do not see each other'],
      ['coop lab up --image standin', 'never the official images'],
    ],
  })
    .option(
      '--stack <name>',
      'stack that gets a file in the lab; may be repeated (default: staging)',
      several,
    )
    .addOption(
      new Option('--image <which>', 'what serves as the app')
        .choices(['auto', 'official', 'standin'])
        .default('auto', 'the official images where they can be had'),
    )
    .action(async (flags: Flags) => {
      say();
      const { up } = await import('../../lab/up.ts');
      const { makeLabStack } = await import('../lib/lab-stack.ts');
      const { stack: stacks, image = 'auto' } = flags;
      const result = await up({ initStack: makeLabStack, ...(stacks ? { stacks } : {}), image });
      if (result.problems.length > 0)
        throw new VisibleError(
          `the lab is up, but its stacks are not right — ${result.project}:\n  ${result.problems.join('\n  ')}`,
        );
      print(flags, result, `the lab is up in ${result.seconds} s; next: coop lab shell`);
    });
}

function downVerb(): Command {
  return verb('down', {
    summary: 'take the lab away: machines, networks, processes, state',
    details: 'Also what a killed run left behind. The cache of built binaries and images is kept.',
    examples: [
      ['coop lab down', 'asks first when there are machines'],
      ['coop lab down --yes', 'asks nothing'],
    ],
  })
    .option('-y, --yes', 'ask nothing')
    .action(async (flags: Flags) => {
      say();
      const { status } = await import('../../lab/status.ts');
      const { down } = await import('../../lab/down.ts');
      const machines = (await status()).parts.filter(({ kind }) => kind === 'machine');
      if (machines.length > 0 && !flags.yes) await agree(machines.map(({ part }) => part));
      const result = await down();
      print(flags, result, `the lab is gone: ${result.removed.length} things removed in ${result.seconds} s`);
    });
}

function statusVerb(): Command {
  return verb('status', {
    summary: 'what of the lab runs, with addresses and memory',
    details: 'Ends with 1 when the lab is not up as a whole.',
    examples: [
      ['coop lab status', 'one line per part'],
      ['coop lab status --json', 'for programs'],
    ],
  }).action(async (flags: Flags) => {
    say();
    const { status, statusTable } = await import('../../lab/status.ts');
    const result = await status();
    print(flags, { ...result, ok: result.up }, statusTable(result));
    if (!result.up) process.exitCode = 1;
  });
}

function shellVerb(): Command {
  return verb('shell', {
    summary: 'a shell, or one command, in which pulumi and coop act on the lab',
    details: 'Ends with the exit code of the command. --json is the business of that command.',
    examples: [
      ['coop lab shell', 'then: pulumi up -s staging'],
      ['coop lab shell -- coop status staging', 'one command'],
    ],
  })
    .argument('[command...]', 'instead of a shell')
    .passThroughOptions()
    .action(async (command: string[]) => {
      say();
      const { shell } = await import('../../lab/shell.ts');
      endWith(await shell(withoutDashes(command)));
    });
}

/** Lab verbs act on the lab wherever they are called, with its own tokens and state. */
function say(): void {
  process.stderr.write(`LAB · accounts the lab's own · state file://${paths.state}\n`);
}

async function agree(machines: string[]): Promise<void> {
  if (!canAsk())
    throw new VisibleError(
      `machines would be deleted — ${machines.join(', ')} — say --yes, or first: pulumi destroy -s STACK`,
    );
  if (!(await confirm(`Delete ${machines.join(', ')} with everything on them?`)))
    throw new VisibleError('nothing was removed — you did not say yes — run again when ready');
}

function print(flags: Flags, result: object, text: string): void {
  process.stdout.write(flags.json ? `${JSON.stringify({ ok: true, ...result }, null, 2)}\n` : `${text}\n`);
}
