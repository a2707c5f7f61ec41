import { cloudflareNames } from './cloudflare.ts';
import { digitalOceanCloud } from './digitalocean.ts';
import { hetznerCloud } from './hetzner.ts';
import type { Settings } from './settings.ts';
import { spacesStore } from './spaces.ts';
import type { Clouds } from './types.ts';

/** The providers' own APIs, with the tokens the plugins would use. */
export function clients(
  { hetzner, digitalocean, spaces, cloudflare }: Settings,
  spacesRegion: string,
): Clouds {
  return {
    hetzner: hetznerCloud(hetzner),
    digitalocean: digitalOceanCloud(digitalocean),
    spaces: spacesStore({
      ...spaces,
      base: spaces.base.replaceAll(/\{\{\s*\.Region\s*\}\}/g, spacesRegion),
      region: spacesRegion,
    }),
    cloudflare: cloudflareNames(cloudflare),
  };
}
