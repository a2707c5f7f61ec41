import type { Command } from 'commander';
import { makeProgram } from './program.ts';

/** The text of docs/reference/coop.md: every verb's own help, so that there is one description of each. */
export function reference(): string {
  const program = makeProgram();
  const sections = program.commands.flatMap((command) => sectionsOf(command, 'coop'));
  return [
    '# `coop`, verb by verb',
    '',
    'Made from the help texts by `node_modules/.bin/node scripts/reference.ts`; a test keeps it current.',
    '',
    '```text',
    helpOf(program),
    '```',
    ...sections,
    '',
  ].join('\n');
}

function sectionsOf(command: Command, path: string): string[] {
  const name = `${path} ${command.name()}`;
  const own = ['', `## ${name}`, '', '```text', helpOf(command), '```'];
  return [...own, ...command.commands.flatMap((child) => sectionsOf(child, name))];
}

/** The same on every terminal: fixed width, no colours. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (chunk) => {
      text += chunk;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trimEnd();
}
