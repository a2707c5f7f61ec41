import type { Command } from 'commander';
import { labDir } from '../../lab/paths.ts';
import { endWith } from '../lib/exit-code.ts';
import { verb } from '../lib/verb.ts';

interface Flags {
  json?: boolean;
  yes?: boolean;
}

/** `coop lab up|down|status|shell`: the clouds on this machine. */
export function labVerb(): Command {
  const lab = verb('lab', {
    summary: 'the clouds on this machine: up, down, status, shell',
    details: `Stands in for DigitalOcean, Spaces, Cloudflare, Let's Encrypt and a registry, so that every stack runs for real without an
account. Needs Linux, root and Docker; has no way out to the Internet.`,
    examples: [
      ['coop lab up', 'start it'],
      ['coop lab shell', 'a shell where pulumi acts on the lab'],
      ['coop lab shell -- pulumi up -s staging', 'one command in it'],
      ['coop lab down', 'take it away, with everything in it'],
    ],
  });
  return lab
    .enablePositionalOptions()
    .addCommand(upVerb())
    .addCommand(downVerb())
    .addCommand(statusVerb())
    .addCommand(shellVerb())
    .action(() => lab.help({ error: true }));
}

function upVerb(): Command {
  return verb('up', {
    summary: 'start the lab',
    details:
      'Repeating it starts what is missing. The first run builds what cannot be downloaded, and keeps it.',
    examples: [
      ['coop lab up', 'then: coop lab shell'],
      ['coop lab up --json', 'what runs where'],
    ],
  }).action(async (flags: Flags) => {
    say();
    const { up } = await import('../../lab/up.ts');
    print(flags, await up());
  });
}

function downVerb(): Command {
  return verb('down', {
    summary: 'take the lab away: machines, networks, processes, state',
    details: 'Also what a killed run left behind. The cache of built binaries and images is kept.',
    examples: [
      ['coop lab down', 'asks when machines still run'],
      ['coop lab down --yes', 'asks nothing'],
    ],
  })
    .option('-y, --yes', 'ask nothing')
    .action(async (flags: Flags) => {
      say();
      const { down } = await import('../../lab/down.ts');
      print(flags, await down());
    });
}

function statusVerb(): Command {
  return verb('status', {
    summary: 'what of the lab runs, with addresses and memory',
    examples: [
      ['coop lab status', 'one line per part'],
      ['coop lab status --json', 'for programs'],
    ],
  }).action(async (flags: Flags) => {
    say();
    const { status } = await import('../../lab/status.ts');
    print(flags, await status());
  });
}

function shellVerb(): Command {
  return verb('shell', {
    summary: 'a shell, or one command, in which pulumi and coop act on the lab',
    examples: [
      ['coop lab shell', 'then: pulumi up -s staging'],
      ['coop lab shell -- coop status staging', 'one command; ends with its exit code'],
    ],
  })
    .argument('[command...]', 'instead of a shell')
    .passThroughOptions()
    .action(async (command: string[]) => {
      const { shell } = await import('../../lab/shell.ts');
      endWith(await shell(command));
    });
}

/** Lab verbs act on the lab wherever they are called. */
function say(): void {
  process.stderr.write(`LAB · ${labDir}\n`);
}

function print(flags: Flags, result: unknown): void {
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok: true, ...(result as object) }, null, 2)}\n`);
}
