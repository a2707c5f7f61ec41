import { spawn } from 'node:child_process';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  output: string;
  seconds: number;
}

/** Runs a command to its end, whatever its exit code; a bound in seconds ends it with code 124. */
export function run(
  argv: string[],
  options: { input?: string; seconds?: number; onLine?: (line: string) => void } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(argv[0] as string, argv.slice(1), { stdio: 'pipe' });
    const ran: Ran = { code: 0, stdout: '', stderr: '', output: '', seconds: 0 };
    let partial = '';
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        ran[name] += text;
        ran.output += text;
        if (name !== 'stdout') return;
        const lines = (partial + text).split('\n');
        partial = lines.pop() ?? '';
        for (const line of lines) options.onLine?.(line);
      });
    let expired = false;
    const timer = setTimeout(
      () => {
        expired = true;
        child.kill('SIGKILL');
      },
      (options.seconds ?? 60) * 1000,
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
