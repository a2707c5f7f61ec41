import { droplets, digitalocean as priceList } from '../../../components/costs/prices-digitalocean.ts';
import { VisibleError } from '../../../components/errors.ts';
import { digitaloceanRegions, digitaloceanSizes } from '../../../components/machine/digitalocean-sizes.ts';

export interface RehearsalMachine {
  provider: 'digitalocean';
  region: string;
  size: string;
}

export interface MachineWishes {
  provider?: string | undefined;
  size?: string | undefined;
  region?: string | undefined;
}

/** The system, the packages, the images and some room to work. */
const BESIDE_GB = 14;
/** WAL that is replayed, and temporary files of the checks. */
const GROWTH = 1.3;
const USUAL = 's-4vcpu-8gb';

/** Gigabytes of disk a restore of that many bytes wants. */
export const diskNeeded = (databaseBytes: number): number =>
  Math.ceil(BESIDE_GB + (GROWTH * databaseBytes) / 1e9);

/**
 * Where a rehearsal runs: as asked, else like its source where that is a Droplet, else on one that is big enough. Refuses a
 * disk that is too small before there is one.
 */
export function chooseMachine(
  wishes: MachineWishes,
  source: { provider?: string; region?: string; size?: string },
  storageRegion: string,
  databaseBytes: number,
): RehearsalMachine {
  const provider = wishes.provider ?? 'digitalocean';
  // The fence needs a cloud firewall that closes what goes out.
  if (provider !== 'digitalocean')
    throw new VisibleError(
      `cannot rehearse there — --provider ${provider} — only digitalocean has a firewall that closes what leaves a machine; nothing was made`,
    );
  const like = source.provider === 'digitalocean' ? source : {};
  const needed = diskNeeded(databaseBytes);
  const region = wishes.region ?? like.region ?? storageRegion;
  const fitting = [like.size, USUAL].find((each) => fits(each, needed));
  const size = wishes.size ?? fitting ?? cheapest(needed) ?? USUAL;
  if (!digitaloceanRegions.includes(region))
    throw new VisibleError(
      `no such region — --region ${region} — one of ${digitaloceanRegions.join(', ')}; nothing was made`,
    );
  const known = digitaloceanSizes[size];
  if (!known)
    throw new VisibleError(
      `no such size — --size ${size} — see https://slugs.do-api.dev; such as ${USUAL}; nothing was made`,
    );
  if (known.diskGb < needed)
    throw new VisibleError(
      `the disk is too small — --size ${size}: ${known.diskGb} GB, the restore wants ${needed} GB — take ${cheapest(needed) ?? 'a larger one'}; nothing was made`,
    );
  return { provider, region, size };
}

const fits = (size: string | undefined, needed: number): boolean =>
  size !== undefined && (digitaloceanSizes[size]?.diskGb ?? 0) >= needed;

/** With the memory of the usual one, so that what fits there fits here. */
function cheapest(needed: number): string | undefined {
  const memoryMb = digitaloceanSizes[USUAL]?.memoryMb ?? 0;
  return Object.entries(digitaloceanSizes)
    .filter(([name, size]) => size.diskGb >= needed && size.memoryMb >= memoryMb && droplets[name])
    .sort(([a], [b]) => (droplets[a] ?? 0) - (droplets[b] ?? 0))
    .map(([name]) => name)[0];
}

/** Droplets are billed by the second, at most 28 days a month: https://docs.digitalocean.com/products/droplets/details/pricing/ */
const HOURS_A_MONTH = 672;

/** What it costs at most: until the machine switches itself off. */
export function priceOf({ size }: RehearsalMachine, hours: number): string {
  const monthly = droplets[size];
  if (monthly === undefined) return `a price not known to us for ${size}`;
  const hourly = monthly / HOURS_A_MONTH;
  const money = (amount: number) =>
    `${priceList.currency} ${amount < 0.005 ? 'less than 0.01' : amount.toFixed(2)}`;
  return `${money(hourly)} an hour (${size}); ${money(hourly * hours)} if it were left for ${hours} h (without VAT, prices of ${priceList.date})`;
}
