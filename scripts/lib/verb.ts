import { Command } from 'commander';

export interface VerbText {
  /** One sentence, shown in the list of verbs. */
  summary: string;
  /** What more there is to say; shown above the options. */
  details?: string;
  /** Whole command lines with what each does. */
  examples: [command: string, does: string][];
}

/** A verb with everything all of them share: `--json`, `--no-color`, help that ends in examples. */
export function verb(name: string, text: VerbText): Command {
  const width = Math.max(...text.examples.map(([command]) => command.length));
  const examples = text.examples.map(([command, does]) => `  ${command.padEnd(width)}  ${does}`);
  return new Command(name)
    .summary(text.summary)
    .description(text.details ? `${text.summary}\n\n${flow(text.details)}` : text.summary)
    .option('--json', 'machine-readable result on stdout')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('after', `\nExamples:\n${examples.join('\n')}`)
    .helpOption('-h, --help', 'this help')
    .showHelpAfterError('(see --help)');
}

/** Lines of the source become one paragraph, which commander wraps to the terminal. */
export const flow = (text: string): string => text.replaceAll(/(?<!\n)\n(?!\n)/g, ' ');
