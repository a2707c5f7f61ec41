import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { VisibleError } from '../../components/errors.ts';
import { colorsFor } from './colors.ts';

/** Whether a person is there to answer. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

export interface AskOptions {
  /** What the answer is for, and where to find it; shown above the question. */
  why?: string;
  fallback?: string;
  optional?: boolean;
  check?: (answer: string) => string | undefined;
}

/** Asks on the terminal until `check` finds nothing to say against the answer; an empty answer takes the default. */
export async function ask(question: string, options: AskOptions = {}): Promise<string> {
  if (options.why) process.stderr.write(`\n${colorsFor(process.stderr).dim(options.why)}\n`);
  for (;;) {
    const shown = options.fallback ? `${question} [${options.fallback}]: ` : `${question}: `;
    const answer = (await answered(shown, process.stderr)) || options.fallback || '';
    if (answer === '' && options.optional) return '';
    const objection = answer ? options.check?.(answer) : 'an answer is needed';
    if (!objection) return answer;
    process.stderr.write(`  ${objection}\n`);
  }
}

/** Asks for what must not be seen. */
export async function askHidden(question: string): Promise<string> {
  process.stderr.write(`${question}: `);
  // readline echoes what is typed to its output: nowhere.
  const answer = await answered('', new Writable({ write: (_chunk, _encoding, done) => done() }));
  process.stderr.write('\n');
  return answer;
}

/** A question that only yes answers. */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await answered(`${question} [y/N] `, process.stderr));
}

async function answered(question: string, output: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const ended = new Promise<never>((_, reject) => {
    const stop = () =>
      reject(new VisibleError('stopped — at the prompt — nothing was written; run again when ready'));
    lines.once('SIGINT', stop);
    lines.once('close', stop);
  });
  try {
    return (await Promise.race([lines.question(question), ended])).trim();
  } finally {
    lines.close();
  }
}
