import type { ProcessOverride } from '../config/types.ts';
import type { App, AppProcess, Version } from './types.ts';

/** A flag's value in a command follows the process's concurrency. */
function withConcurrency(process: AppProcess, concurrency: number): AppProcess {
  const flag = process.command.indexOf('-c');
  const command = process.command.map((word, index) =>
    process.queues.length > 0 && index === flag + 1 ? String(concurrency) : word,
  );
  return { ...process, command, concurrency, pool: process.workers * concurrency };
}

/** The variables that say how many threads and connections one container uses. */
function withSizes(process: AppProcess): AppProcess {
  const sizes: Record<string, string> = { DB_POOL: String(process.concurrency) };
  if (process.name === 'web') sizes.MAX_THREADS = String(process.concurrency);
  return { ...process, environment: { ...process.environment, ...sizes } };
}

/** The app's process list with the configuration's overrides put in. Unknown names are ignored here: checkProcesses names them. */
export function resolveProcesses(
  app: App,
  version: Version,
  overrides: Record<string, ProcessOverride>,
): AppProcess[] {
  return app.processes(version).map((process) => {
    const override = overrides[process.name] ?? {};
    const replicas = override.replicas ?? process.replicas;
    const memoryMb = override.memoryMb ?? process.memoryMb;
    return withSizes(
      withConcurrency({ ...process, replicas, memoryMb }, override.concurrency ?? process.concurrency),
    );
  });
}
