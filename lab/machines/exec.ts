import { spawn } from 'node:child_process';
import { LabError } from '../error.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Sent to the command's standard input: where secrets belong. */
  input?: string;
  timeoutMs?: number;
  /** Return the exit code instead of throwing. */
  allowFailure?: boolean;
  env?: Record<string, string>;
  cwd?: string;
}

/** Runs one program without a shell; a failure names the program, its first argument and the end of what it said. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<Ran> {
  const { input, timeoutMs = 60_000, allowFailure = false, env, cwd } = options;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => err.push(chunk));
  // A program that ends without reading its input is judged by its exit code, not by EPIPE.
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new LabError(`${command} is not installed — this host — run ./scripts/prerequisites`)
          : error,
      ),
    );
    child.once('close', (status) => resolve(status ?? 128));
  }).finally(() => clearTimeout(timer));
  const ran = { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
  if (timedOut)
    throw new Error(`${command} ${args[0] ?? ''} took longer than ${timeoutMs / 1000} s — ${tail(ran)}`);
  if (code !== 0 && !allowFailure)
    throw new Error(`${command} ${args[0] ?? ''} failed with exit code ${code} — ${tail(ran)}`);
  return ran;
}

const tail = (ran: Ran) => (ran.stderr.trim() || ran.stdout.trim()).split('\n').slice(-6).join('\n');

/** The docker CLI; returns what it printed. */
export async function docker(args: string[], options: RunOptions = {}): Promise<string> {
  return (await run('docker', args, options)).stdout.trim();
}
