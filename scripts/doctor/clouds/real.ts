import type { Clouds } from './cloud.ts';
import { cloudflareNames } from './cloudflare.ts';
import { digitalOceanCloud } from './digitalocean.ts';
import { hetznerCloud } from './hetzner.ts';
import { spacesStore } from './spaces.ts';

/** The providers' own APIs, with the tokens the program itself would use. */
export function realClouds(env: NodeJS.ProcessEnv, spacesRegion: string): Clouds {
  return {
    hetzner: hetznerCloud({ base: 'https://api.hetzner.cloud', token: env.HCLOUD_TOKEN ?? '' }),
    digitalocean: digitalOceanCloud({
      base: 'https://api.digitalocean.com',
      token: env.DIGITALOCEAN_TOKEN ?? '',
    }),
    spaces: spacesStore({
      base: `https://${spacesRegion}.digitaloceanspaces.com`,
      region: spacesRegion,
      accessKey: env.SPACES_ACCESS_KEY_ID ?? '',
      secretKey: env.SPACES_SECRET_ACCESS_KEY ?? '',
    }),
    cloudflare: cloudflareNames({
      base: 'https://api.cloudflare.com',
      token: env.CLOUDFLARE_API_TOKEN ?? '',
    }),
  };
}
