import { checkProcesses } from '../../apps/index.ts';
import { sizeOf } from '../../machine/size.ts';
import type { Loose, Problem, ProcessOverride, StackConfig } from '../types.ts';

/** Queues, schedulers, database pools and memory, by the app's one list of processes. */
export function checkProcessList(config: Loose<StackConfig>): Problem[] {
  return [...checkSums(config), ...checkCache(config)];
}

function checkSums(config: Loose<StackConfig>): Problem[] {
  const { app, appVersion, processes, database, databaseClients, search } = config;
  if (!app || !appVersion) return [];
  // Limits that are not known limit nothing: the queues are checked all the same.
  return checkProcesses(app, appVersion, (processes ?? {}) as Record<string, ProcessOverride>, {
    maxConnections: database?.maxConnections ?? Infinity,
    sharedBuffersMb: database?.sharedBuffersMb,
    searchMb: search?.enabled ? (search.memoryMb ?? 0) : 0,
    clientConnections: Object.values(databaseClients ?? {}).reduce(
      (sum, client) => sum + (client?.connections ?? 0),
      0,
    ),
    memoryMb: smallest(config, 'memoryMb'),
  });
}

function checkCache(config: Loose<StackConfig>): Problem[] {
  const { mediaCache } = config;
  const diskGb = smallest(config, 'diskGb');
  if (!mediaCache?.gigabytes || mediaCache.gigabytes <= diskGb / 2) return [];
  return [
    {
      key: 'mediaCache.gigabytes',
      value: String(mediaCache.gigabytes),
      reason: `takes more than half of the machine's disk (${diskGb} GB)`,
      remedy: `at most ${Math.floor(diskGb / 2)}, or a larger size of the machine`,
    },
  ];
}

/** What the smaller machine has: each must be able to serve. An existing host is asked when the tree is laid on it. */
function smallest({ primary, secondary }: Loose<StackConfig>, what: 'memoryMb' | 'diskGb'): number {
  return Math.min(...[primary, secondary].map((machine) => sizeOf(machine)?.[what] ?? Infinity));
}
