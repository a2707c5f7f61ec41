import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { checkout, labDir } from '../../lab/paths.ts';
import { type Ran, run as runFor } from '../lab/support/run.ts';

export const coopPath = join(checkout, 'scripts', 'coop');

/** Runs a command to its end, whatever its exit code; it has 170 seconds unless told otherwise. */
export const run = (argv: string[], options: { input?: string; seconds?: number } = {}) =>
  runFor(argv, { seconds: 170, ...options });

export type { Ran };

/** As `run`, and an exit code other than 0 fails the test with what was printed. */
export async function must(argv: string[], options: { input?: string; seconds?: number } = {}): Promise<Ran> {
  const ran = await run(argv, options);
  if (ran.code !== 0)
    throw new Error(`${argv.join(' ')} ended with ${ran.code}:\n${ran.output.slice(-6000)}`);
  return ran;
}

export const inLab = (...argv: string[]) => [coopPath, 'lab', 'shell', '--', ...argv];
export const coop = (...args: string[]) => must(inLab(coopPath, ...args));

export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Repeats until it holds; the last error is the test's when the time is over. */
export async function eventually<T>(check: () => Promise<T>, seconds = 30): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
      await wait(300);
    }
  }
}

/** A TCP connection from outside: `open`, or how it was refused. */
export function reach(host: string, port: number): Promise<'open' | 'closed'> {
  return new Promise((resolve) => {
    execFile('timeout', ['3', 'bash', '-c', `exec 3<>/dev/tcp/${host}/${port}`], (error) =>
      resolve(error ? 'closed' : 'open'),
    );
  });
}

export { labDir };
