import { type Command, CommanderError } from 'commander';
import { makeProgram } from '../../scripts/lib/program.ts';

export const all = (command: Command): Command[] =>
  command.commands.flatMap((child) => [child, ...all(child)]);

/** Parses a command line without running it; what is said about it, and commander's code when it is refused. */
export function parse(...argv: string[]): { said: string; code: string } {
  const program = makeProgram();
  let said = '';
  for (const command of [program, ...all(program)])
    command.configureOutput({
      writeErr: (chunk) => {
        said += chunk;
      },
      writeOut: () => {},
    });
  for (const command of all(program)) if (command.commands.length === 0) command.action(() => {});
  try {
    program.parse(argv, { from: 'user' });
    return { said, code: '' };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { said, code: error.code };
  }
}
