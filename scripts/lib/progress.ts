import { colorsFor } from './colors.ts';

export interface Progress {
  /** Shows that `work` is under way, then how long it took. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** One line that stays. */
  note(text: string): void;
}

interface Terminal {
  isTTY?: boolean;
  write(text: string): unknown;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Progress on stderr: a spinner on a terminal, plain `name …` and `done name 1.2s` lines when piped. */
export function makeProgress(stream: Terminal = process.stderr, options: { color?: boolean } = {}): Progress {
  const colors = colorsFor(stream, options);
  const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)}s`;
  const clear = stream.isTTY ? '\r\u001b[K' : '';
  return {
    note: (text) => void stream.write(`${text}\n`),
    async step(name, work) {
      const started = performance.now();
      let frame = 0;
      let timer: NodeJS.Timeout | undefined;
      if (stream.isTTY)
        timer = setInterval(() => {
          stream.write(`${clear}${frames[frame++ % frames.length]} ${name} ${colors.dim(seconds(started))}`);
        }, 100);
      else stream.write(`${name} …\n`);
      try {
        const result = await work();
        clearInterval(timer);
        stream.write(
          stream.isTTY
            ? `${clear}${colors.green('✓')} ${name} ${colors.dim(seconds(started))}\n`
            : `done ${name} ${seconds(started)}\n`,
        );
        return result;
      } catch (error) {
        clearInterval(timer);
        stream.write(
          stream.isTTY ? `${clear}${colors.red('✗')} ${name}\n` : `failed ${name} ${seconds(started)}\n`,
        );
        throw error;
      }
    },
  };
}
