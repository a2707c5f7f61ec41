import { stringify } from 'yaml';
import { appServices } from './compose-app.ts';
import { databaseService, redisService, searchService } from './compose-backing.ts';
import { networkNames } from './compose-common.ts';
import { imagesOf } from './images.ts';
import { networks } from './networks.ts';
import type { HostFacts } from './types.ts';

/** Fixed bridge names: nftables speaks of them. */
const bridge = (name: string) => ({ 'com.docker.network.bridge.name': name });

function composeNetworks(facts: HostFacts) {
  const { out, out6, internal } = networks(facts.config);
  const inside = {
    [networkNames.internal]: {
      name: networkNames.internal,
      internal: true,
      driver_opts: bridge(networkNames.internal),
      ipam: { config: [internal] },
    },
  };
  // A copy has no other network: nothing in it has a way out to begin with.
  if (facts.config.restore) return inside;
  return {
    ...inside,
    [networkNames.out]: {
      name: networkNames.out,
      enable_ipv6: true,
      driver_opts: bridge(networkNames.out),
      ipam: { config: [out, out6] },
    },
  };
}

/** https://docs.docker.com/reference/compose-file/ as Debian's Compose 2.26 reads it. */
export function composeFile(facts: HostFacts): string {
  return stringify(
    {
      name: 'instance',
      services: {
        db: databaseService(facts, imagesOf(facts.config).postgres),
        redis: redisService(facts),
        ...(facts.config.search.enabled ? { es: searchService(facts) } : {}),
        ...appServices(facts),
      },
      networks: composeNetworks(facts),
      ...(facts.config.search.enabled ? { volumes: { search: { name: 'instance-search' } } } : {}),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}
