import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { verbs } from '../verbs/index.ts';
import { flow } from './verb.ts';

const about = `Runs a co-operative's server. Pulumi makes and changes it (pulumi preview, pulumi up); coop does what comes
before, beside and after. Every verb says on stderr whether it acts on LAB or REAL.`;

/** The whole command line; a function, so that tests and the reference page see the same one. */
export function makeProgram(): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const program = new Command('coop')
    .description(flow(about))
    .version(version, '--version', 'version of this checkout')
    .helpOption('-h, --help', 'this help')
    .helpCommand(false)
    .showHelpAfterError('(see coop --help)')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride();
  for (const make of verbs) program.addCommand(inherit(make()));
  return program;
}

/** `addCommand` does not copy settings, unlike `command`: without this a wrong option would end the process itself. */
function inherit(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) inherit(child);
  return command;
}
