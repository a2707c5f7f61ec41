import type { AppProcess } from '../apps/types.ts';
import { networkNames } from './compose-common.ts';
import { appAddress, networks } from './networks.ts';
import type { HostFacts } from './types.ts';

/** Hosts a copy may reach: where its backups are, and the media unless it has none. Empty for any other stack. */
export function fenceEndpoints({ config, media, mediaSource, backups }: HostFacts): string[] {
  if (!config.restore) return [];
  const all =
    config.restore.media === 'empty' ? [backups] : [backups, media, ...(mediaSource ? [mediaSource] : [])];
  return [...new Set(all.map(({ endpoint }) => endpoint))].sort();
}

/**
 * What of the app runs on a copy: one web, streaming, and whoever works the queue `default` alone. Nobody works the queues
 * that speak to others (push, pull, mailers, ingress, fasp), and nothing is done by the clock.
 */
export function fencedProcesses(processes: AppProcess[]): AppProcess[] {
  return processes
    .filter(({ name, queues }) => ['web', 'streaming'].includes(name) || queues.join() === 'default')
    .map((process) => ({ ...process, replicas: 1 }));
}

/** Where a container of a copy is: inside, at an address that this machine knows, with one way to the media. */
export function fencedPlaces({ config, media }: HostFacts, index: number) {
  const { internal } = networks(config);
  return {
    networks: { [networkNames.internal]: { ipv4_address: appAddress(config, index) } },
    ...(config.restore?.media === 'empty' ? {} : { extra_hosts: [`${media.endpoint}:${internal.gateway}`] }),
  };
}
