import { apps, checkProcesses, parseVersion, since } from '../../apps/index.ts';
import { ownVariables } from '../../host/app-environment.ts';
import { sizeOf } from '../../machine/size.ts';
import { join } from '../explain.ts';
import { nearest } from '../nearest.ts';
import type { Loose, Problem, ProcessOverride, StackConfig } from '../types.ts';

/** Queues, schedulers, database pools and memory, by the app's one list of processes. */
export function checkProcessList(config: Loose<StackConfig>): Problem[] {
  return [...checkSums(config), ...checkCache(config), ...checkEnvironment(config), ...checkOwn(config)];
}

function checkSums(config: Loose<StackConfig>): Problem[] {
  const { app, appVersion, processes, database } = config;
  if (!app || !appVersion) return [];
  // Limits that are not known limit nothing: the queues are checked all the same.
  return checkProcesses(app, appVersion, (processes ?? {}) as Record<string, ProcessOverride>, {
    maxConnections: database?.maxConnections ?? Infinity,
    sharedBuffersMb: database?.sharedBuffersMb,
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

function checkEnvironment({ app, appVersion, environment }: Loose<StackConfig>): Problem[] {
  const version = appVersion ? parseVersion(appVersion) : undefined;
  if (!app || !version || !environment || !since(version, ...apps[app].oldest)) return [];
  const read = apps[app].environment(version);
  return Object.keys(environment)
    .filter((name) => !read.has(name))
    .map((name) => {
      const meant = nearest(name, [...read]);
      return {
        key: join(['environment', name]),
        reason: `is not read by ${app} ${version.text}`,
        remedy: meant
          ? `did you mean ${meant}?`
          : 'remove it, or write it as the documentation of this version does',
      };
    });
}

/** Variables that follow from other keys may not be set behind their back. */
function checkOwn({ app, environment }: Loose<StackConfig>): Problem[] {
  if (!app || !environment) return [];
  const own = new Set(ownVariables(EXAMPLE));
  return Object.keys(environment)
    .filter((name) => own.has(name))
    .map((name) => ({
      key: join(['environment', name]),
      reason: 'is set from other keys of the stack file',
      remedy: 'remove it, and change the key it follows',
    }));
}

/** Facts that lead to every variable the program ever sets: only the names count. */
const EXAMPLE = (() => {
  const bucket = { bucket: 'x', region: 'x', endpoint: 'x', accessKey: 'x', secretKey: 'x' };
  const secrets = Object.fromEntries(Object.keys(apps.mastodon.secrets).map((name) => [name, 'x']));
  const config = {
    domain: 'x',
    app: 'mastodon',
    mail: { host: 'x', port: 465, user: 'x', from: 'x' },
    containerRange: '198.19.0.0/16',
    containerRange6: 'fd00:5c::/48',
    environment: {},
    secrets,
  } as unknown as StackConfig;
  return { stack: 'x', config, machine: { name: 'x', address: 'x' }, media: bucket, backups: bucket };
})();
