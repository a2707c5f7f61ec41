import { spawn } from 'node:child_process';
import { pulumiCommand } from '../pulumi.ts';
import type { RunResult } from '../run.ts';
import type { StackPlace } from '../stack-config.ts';
import { markOf } from './stragglers.ts';

export interface EngineOptions {
  /** Asks the engine to come to an end by itself: what it has begun stays known to the state. */
  stop?: AbortSignal;
  onLine?: (line: string) => void;
}

/**
 * Runs pulumi in a session of its own: Ctrl-C on the terminal is for coop, which decides when the engine stops; a second
 * one would make it forget what it was making.
 */
export function engine(place: StackPlace, args: string[], options: EngineOptions = {}): Promise<RunResult> {
  const [program, ...words] = pulumiCommand([...args, '--stack', place.stack]) as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      cwd: place.projectDir,
      env: { ...place.env, ...markOf(place), PULUMI_SKIP_UPDATE_CHECK: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const stop = () => void child.kill('SIGINT');
    if (options.stop?.aborted) stop();
    options.stop?.addEventListener('abort', stop);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      let rest = '';
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] = `${said[name]}${text}`.slice(-100_000);
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) options.onLine?.(line);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      options.stop?.removeEventListener('abort', stop);
      resolve({ code: code ?? 128, ...said });
    });
  });
}

/** The end of what it said, for an error. */
export const lastWords = ({ stdout, stderr }: RunResult, lines: number): string =>
  `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
    .join('\n');
