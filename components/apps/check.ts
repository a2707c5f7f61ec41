import type { AppName, Problem, ProcessOverride, StackConfig } from '../config/types.ts';
import { checkVersion } from './check-version.ts';
import { apps } from './index.ts';
import { resolveProcesses } from './resolve.ts';
import type { App, AppProcess, Version } from './types.ts';
import { parseVersion } from './version.ts';

export interface ProcessLimits {
  /** PostgreSQL's max_connections. */
  maxConnections: number;
  /** Connections that programs beside the app may hold; none unless given. */
  clientConnections?: number;
  /** Memory of the machine. */
  memoryMb: number;
  /** PostgreSQL's shared_buffers; 256 unless given. */
  sharedBuffersMb?: number;
  /** Memory limit of Elasticsearch; none unless it runs. */
  searchMb?: number;
}

/** Connections kept for superusers, backups and migrations. */
const reservedConnections = 13;
/** What the system, Docker, nginx and the page cache need beside the containers. */
const systemMb = 640;

/** Memory limits of what every app stands on. */
export function backingMemory(
  limits: Pick<ProcessLimits, 'maxConnections' | 'sharedBuffersMb' | 'searchMb'>,
) {
  const shared = limits.sharedBuffersMb ?? 256;
  return {
    db: Math.max(512, 2 * shared + 2 * limits.maxConnections),
    redis: 256,
    search: limits.searchMb ?? 0,
  };
}

const total = (processes: AppProcess[], each: (process: AppProcess) => number) =>
  processes.reduce((sum, process) => sum + process.replicas * each(process), 0);

const memoryOf = (processes: AppProcess[], limits: Omit<ProcessLimits, 'memoryMb'>) => {
  const { db, redis, search } = backingMemory(limits);
  return total(processes, (process) => process.memoryMb) + db + redis + search + systemMb;
};

/** Memory limits of everything on a machine that serves, in megabytes: what it must have. */
export function memoryNeeded({ app, appVersion, processes, database, search }: StackConfig): number {
  const version = parseVersion(appVersion);
  if (!version) throw new Error(`not a version: ${appVersion}`);
  return memoryOf(resolveProcesses(apps[app], version, processes), {
    ...database,
    searchMb: search.enabled ? search.memoryMb : 0,
  });
}

function nameProblems(
  app: App,
  processes: AppProcess[],
  overrides: Record<string, ProcessOverride>,
): Problem[] {
  const names = processes.map((process) => process.name);
  return Object.keys(overrides)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      key: `processes.${name}`,
      value: name,
      reason: `${app.name} has no process of this name`,
      remedy: `use one of ${names.join(', ')}`,
    }));
}

function rangeProblems(processes: AppProcess[]): Problem[] {
  const problems: Problem[] = [];
  for (const process of processes) {
    const check = (
      member: 'replicas' | 'concurrency' | 'memoryMb',
      low: number,
      high: number,
      why: string,
    ) => {
      const value = process[member];
      if (Number.isInteger(value) && value >= low && value <= high) return;
      problems.push({
        key: `processes.${process.name}.${member}`,
        value: String(value),
        reason: why,
        remedy: `use a whole number from ${low} to ${high}`,
      });
    };
    const published = process.ports.length > 0;
    check(
      'replicas',
      published ? 1 : 0,
      published ? process.ports.length : 64,
      published ? `nginx knows ${process.ports.length} of it` : 'not a number of containers',
    );
    check('concurrency', 1, 200, 'not a number of threads');
    check('memoryMb', 64, 1_048_576, 'not an amount of memory');
  }
  return problems;
}

function queueProblems(app: App, version: Version, processes: AppProcess[]): Problem[] {
  const problems: Problem[] = [];
  for (const queue of app.queues(version)) {
    const workers = processes.filter((process) => process.queues.includes(queue));
    const replicas = total(workers, () => 1);
    const named = workers[0]?.name ?? '';
    if (replicas === 0)
      problems.push({
        key: `processes.${named}.replicas`,
        value: '0',
        reason: `no process would work the queue '${queue}' of ${app.name} ${version.text}: its jobs would pile up`,
        remedy: `run at least one replica of ${named}`,
      });
    if (queue === 'scheduler' && replicas > 1)
      problems.push({
        key: `processes.${named}.replicas`,
        value: String(replicas),
        reason:
          "the queue 'scheduler' must be worked by exactly one process: every scheduled job would run twice",
        remedy: 'set it to 1',
      });
  }
  return problems;
}

function sumProblems(processes: AppProcess[], limits: ProcessLimits): Problem[] {
  const problems: Problem[] = [];
  const ours = total(processes, (process) => process.pool);
  const { clientConnections = 0 } = limits;
  const connections = ours + clientConnections + reservedConnections;
  if (connections > limits.maxConnections)
    problems.push({
      key: 'database.maxConnections',
      value: String(limits.maxConnections),
      reason: `the processes may hold ${ours} connections, databaseClients ${clientConnections}, and ${reservedConnections} are kept free`,
      remedy: `raise it to ${connections} or lower replicas or concurrency under processes`,
    });
  const backing = backingMemory(limits);
  const needed = memoryOf(processes, limits);
  if (needed > limits.memoryMb)
    problems.push({
      key: 'processes',
      value: `${needed} MB`,
      reason: `memory limits (processes, database ${backing.db}, redis ${backing.redis}, search ${backing.search}, system ${systemMb}) exceed the machine's ${limits.memoryMb} MB`,
      remedy:
        'choose a larger size for the machine, or lower replicas or memoryMb under processes, or search.memoryMb',
    });
  return problems;
}

/** Everything wrong with an app's processes on a machine, at once; empty when nothing is. */
export function checkProcesses(
  appName: AppName,
  versionText: string,
  overrides: Record<string, ProcessOverride>,
  limits: ProcessLimits,
): Problem[] {
  const app = apps[appName];
  const wrong = checkVersion(appName, versionText);
  if (wrong) return [wrong];
  const version = parseVersion(versionText) as Version;
  const processes = resolveProcesses(app, version, overrides);
  const ranges = rangeProblems(processes);
  return [
    ...nameProblems(app, processes, overrides),
    ...ranges,
    ...queueProblems(app, version, processes),
    // Sums over impossible numbers would only confuse.
    ...(ranges.length > 0 ? [] : sumProblems(processes, limits)),
  ];
}
