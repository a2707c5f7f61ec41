import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkout, labDir } from '../../lab/paths.ts';

export const site = 'https://staging.social.coop';
export const stack = 'staging';
export const coopPath = join(checkout, 'scripts', 'coop');

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  /** Both, in the order they came. */
  output: string;
  seconds: number;
}

/** Runs a command to its end, whatever its exit code; a bound in seconds ends it with code 124. */
export function run(argv: string[], options: { input?: string; seconds?: number } = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(argv[0] as string, argv.slice(1), { stdio: 'pipe', cwd: checkout });
    const ran: Ran = { code: 0, stdout: '', stderr: '', output: '', seconds: 0 };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        ran[name] += text;
        ran.output += text;
      });
    let expired = false;
    const timer = setTimeout(
      () => {
        expired = true;
        child.kill('SIGKILL');
      },
      (options.seconds ?? 170) * 1000,
    );
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ ...ran, code: expired ? 124 : (code ?? 1), seconds: (performance.now() - started) / 1000 });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/** As `run`, and an exit code other than 0 fails the test with what was printed. */
export async function must(argv: string[], options: { input?: string; seconds?: number } = {}): Promise<Ran> {
  const ran = await run(argv, options);
  if (ran.code !== 0)
    throw new Error(`${argv.join(' ')} ended with ${ran.code}:\n${ran.output.slice(-6000)}`);
  return ran;
}

export const coop = (...args: string[]) => must([coopPath, 'lab', 'shell', '--', coopPath, ...args]);
export const inLab = (...argv: string[]) => [coopPath, 'lab', 'shell', '--', ...argv];
export const pulumi = (...args: string[]) => must(inLab('pulumi', ...args, '--stack', stack));
export const up = (...args: string[]) =>
  pulumi('up', '--yes', '--skip-preview', '--non-interactive', ...args);

/** Runs a command on the stack's machine as root. */
export const onMachine = (...command: string[]) => coop('ssh', stack, '--', ...command);

export async function outputs(): Promise<Record<string, string>> {
  return JSON.parse((await pulumi('stack', 'output', '--json')).stdout);
}

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
