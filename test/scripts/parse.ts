import { type Command, CommanderError } from 'commander';
import { makeProgram } from '../../scripts/lib/program.ts';

export const all = (command: Command): Command[] =>
  command.commands.flatMap((child) => [child, ...all(child)]);

export interface ParsedLine {
  said: string;
  /** Commander's code when the line is refused. */
  code: string;
  /** What the line names as a stack. */
  stacks: string[];
  /** What stands in other places; the words of a command that it hands on are nobody's. */
  others: string[];
}

/** Parses a command line without running it. */
export function parse(...argv: string[]): ParsedLine {
  const program = makeProgram();
  let said = '';
  const stacks: string[] = [];
  const others: string[] = [];
  for (const command of [program, ...all(program)])
    command.configureOutput({
      writeErr: (chunk) => {
        said += chunk;
      },
      writeOut: () => {},
    });
  for (const command of all(program))
    if (command.commands.length === 0)
      command.action(() => {
        command.registeredArguments.forEach((argument, index) => {
          if (argument.name() === 'command') return;
          const place = /^stacks?$/.test(argument.name()) ? stacks : others;
          place.push(...[command.processedArgs[index] ?? []].flat());
        });
      });
  try {
    program.parse(argv, { from: 'user' });
    return { said, code: '', stacks, others };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { said, code: error.code, stacks, others };
  }
}
