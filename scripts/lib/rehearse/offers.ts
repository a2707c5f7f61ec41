import type { PriceList } from '../../../components/costs/price-list.ts';
import { digitalocean as dropletPrices, droplets } from '../../../components/costs/prices-digitalocean.ts';
import {
  hetznerIpv4,
  hetznerPlaces,
  hetzner as hetznerPrices,
  hetznerServers,
} from '../../../components/costs/prices-hetzner.ts';
import { digitaloceanRegions, digitaloceanSizes } from '../../../components/machine/digitalocean-sizes.ts';
import { hetznerRegions, hetznerSizes } from '../../../components/machine/hetzner-sizes.ts';
import type { Size } from '../../../components/machine/size.ts';

/** What a provider whose cloud firewall can fence a copy sells. */
export interface Offer {
  regions: readonly string[];
  sizes: Readonly<Record<string, Size>>;
  /** Where its names of sizes are listed. */
  list: string;
  /** The size where the source has none to go by. */
  usual: string;
  isSold: (size: string, region: string) => boolean;
  /** Region close to the bucket, which is at Spaces. */
  near: (storageRegion: string) => string;
  prices: PriceList;
  /** A month of it; undefined: not known to us. */
  monthly: (size: string, region: string) => number | undefined;
  /** Hours after which the month's price is reached, and no more is asked. */
  hoursAMonth: number;
  /** The least that is billed. */
  billedBy: 'second' | 'hour';
}

export type OfferName = 'digitalocean' | 'hetzner';

const nearSpaces: Record<string, string> = {
  nyc3: 'ash',
  atl1: 'ash',
  tor1: 'ash',
  sfo2: 'hil',
  sfo3: 'hil',
};
const asia = ['sgp1', 'syd1', 'blr1'];

export const offers: Readonly<Record<OfferName, Offer>> = {
  digitalocean: {
    regions: digitaloceanRegions,
    sizes: digitaloceanSizes,
    list: 'https://slugs.do-api.dev',
    usual: 's-4vcpu-8gb',
    isSold: () => true,
    near: (region) => region,
    prices: dropletPrices,
    monthly: (size) => droplets[size],
    // https://docs.digitalocean.com/products/droplets/details/pricing/
    hoursAMonth: 672,
    billedBy: 'second',
  },
  hetzner: {
    regions: hetznerRegions,
    sizes: hetznerSizes,
    list: 'https://www.hetzner.com/cloud/',
    usual: 'cpx32',
    isSold: (size, region) => hetznerSizes[size]?.regions.includes(region) === true,
    near: (region) => nearSpaces[region] ?? (asia.includes(region) ? 'sin' : 'fsn1'),
    prices: hetznerPrices,
    monthly: (size, region) => {
      const place = hetznerPlaces[region];
      const server = place && hetznerServers[place][size];
      return server === undefined ? undefined : server + hetznerIpv4;
    },
    // Its hourly prices are a 624th of the monthly ones: https://docs.hetzner.com/cloud/billing/faq/
    hoursAMonth: 624,
    billedBy: 'hour',
  },
};
