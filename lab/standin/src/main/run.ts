import { Problem } from '../core/problem.ts';

/** Runs a program's main; what the operator did wrong is one line, everything else shows its stack. */
export function run(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const text = error instanceof Problem ? error.message : ((error as Error)?.stack ?? String(error));
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
    // open pools and servers would keep the process alive
    setTimeout(() => process.exit(1), 200).unref();
  });
}

/** Resolves at the first TERM or INT. */
export const stopSignal = (): AbortSignal => {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => controller.abort());
  return controller.signal;
};

export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())));
