import { type StdioOptions, spawn } from 'node:child_process';
import { VisibleError } from '../../components/errors.ts';
import { asRoot, type SshCommandOptions, type SshTarget, sshCommand } from './ssh-command.ts';

export interface RemoteResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs words as root on the machine with their output captured; `input`, which may be a secret, goes to their stdin. */
export async function remoteOutput(
  target: SshTarget,
  words: string[],
  input?: string,
): Promise<RemoteResult> {
  const result = await start(target, { remote: asRoot(target.user, words) }, 'capture', undefined, input);
  if (result.code === 255) throw unreachable(target, result.stderr);
  return result;
}

/** Runs words, or a shell, on the machine with this terminal's input and output; returns the exit code. */
export async function remoteSession(target: SshTarget, options: SshCommandOptions): Promise<number> {
  const { code, stderr } = await start(target, options, options.terminal ? 'terminal' : 'pass');
  // ssh's own failures end with 255; so may a command, whose words then stand above the remedy.
  if (code === 255) throw unreachable(target, stderr);
  return code;
}

/** Runs words as root on the machine and hands on each line of their output as it comes; returns the exit code. */
export async function remoteLines(
  target: SshTarget,
  words: string[],
  onLine: (line: string) => void,
): Promise<number> {
  let rest = '';
  const { code, stderr } = await start(target, { remote: asRoot(target.user, words) }, 'capture', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  if (rest) onLine(rest);
  if (code === 255) throw unreachable(target, stderr);
  if (stderr) process.stderr.write(stderr);
  return code;
}

/** `capture`: keep the output. `pass`: let it through, and keep what goes to stderr. `terminal`: hands off. */
type Output = 'capture' | 'pass' | 'terminal';

const stdio: Record<Output, StdioOptions> = {
  capture: ['ignore', 'pipe', 'pipe'],
  pass: ['inherit', 'inherit', 'pipe'],
  terminal: 'inherit',
};

function start(
  target: SshTarget,
  options: SshCommandOptions,
  output: Output,
  onOutput?: (text: string) => void,
  input?: string,
): Promise<RemoteResult> {
  return new Promise((resolve, reject) => {
    const [program, ...args] = sshCommand(target, options) as [string, ...string[]];
    const child = spawn(program, args, {
      stdio: input === undefined ? stdio[output] : ['pipe', 'pipe', 'pipe'],
    });
    // Whoever ends without reading is judged by the exit code.
    child.stdin?.on('error', () => {}).end(input);
    // Told to stop, coop takes the connection with it.
    const stop = () => child.kill('SIGTERM');
    process.once('exit', stop);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (onOutput) onOutput(text);
      else stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (output === 'pass') process.stderr.write(text);
      stderr = `${stderr}${text}`.slice(-10_000);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'ENOENT'
          ? new VisibleError('ssh is not installed — PATH — install it (Debian: apt install openssh-client)')
          : error,
      );
    });
    child.on('close', (code) => {
      process.removeListener('exit', stop);
      resolve({ code: code ?? 255, stdout, stderr });
    });
  });
}

const causes: [RegExp, string][] = [
  [
    /host key verification failed|host key for .* has changed|no .*host key is known/i,
    'this is not the machine the stack pinned: somebody is in between, or it was made by hand; do not connect',
  ],
  [
    /permission denied/i,
    'the key is not accepted: with --as, check that your key is in admins and was applied',
  ],
  [
    /timed out|no route|unreachable|refused/i,
    'is your address in sshFrom? is the machine running? see: pulumi refresh',
  ],
  [/could not resolve/i, 'the address is not one: see pulumi stack output address'],
];

function unreachable(target: SshTarget, stderr: string): VisibleError {
  const said = stderr.trim().split('\n').at(-1) || 'ssh ended without a word';
  const remedy = causes.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'look closer with: coop ssh';
  return new VisibleError(`no connection: ${said} — ${target.user}@${target.address} — ${remedy}`);
}
