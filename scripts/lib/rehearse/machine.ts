import { VisibleError } from '../../../components/errors.ts';
import { type Offer, type OfferName, offers } from './offers.ts';

export interface RehearsalMachine {
  provider: OfferName;
  region: string;
  size: string;
}

export interface MachineWishes {
  provider?: OfferName | undefined;
  size?: string | undefined;
  region?: string | undefined;
}

/** The system, the packages, the images and some room to work. */
const BESIDE_GB = 14;
/** WAL that is replayed, and temporary files of the checks. */
const GROWTH = 1.3;

/** Gigabytes of disk a restore of that many bytes wants. */
export const diskNeeded = (databaseBytes: number): number =>
  Math.ceil(BESIDE_GB + (GROWTH * databaseBytes) / 1e9);

/**
 * Where a rehearsal runs: as asked, else a Droplet; like its source where both are of one provider, else of a size that is
 * big enough. Refuses what is not sold, and a disk that is too small, before there is one.
 */
export function chooseMachine(
  wishes: MachineWishes,
  source: { provider?: string; region?: string; size?: string },
  storageRegion: string,
  databaseBytes: number,
): RehearsalMachine {
  const provider = wishes.provider ?? 'digitalocean';
  const offer = offers[provider];
  const like = source.provider === provider ? source : {};
  const needed = diskNeeded(databaseBytes);
  const region = wishes.region ?? like.region ?? offer.near(storageRegion);
  if (!offer.regions.includes(region))
    throw new VisibleError(
      `no such region — --region ${region} — one of ${offer.regions.join(', ')}; nothing was made`,
    );
  const fits = (size: string | undefined) =>
    size !== undefined && offer.isSold(size, region) && (offer.sizes[size]?.diskGb ?? 0) >= needed;
  // An image for one kind of processor runs on no other.
  const kind = like.size === undefined ? undefined : offer.sizes[like.size]?.architecture;
  const other = cheapest(offer, region, needed, kind);
  const size = wishes.size ?? [like.size, offer.usual].find(fits) ?? other ?? offer.usual;
  const known = offer.sizes[size];
  if (!known)
    throw new VisibleError(
      `no such size — --size ${size} — see ${offer.list}; such as ${offer.usual}; nothing was made`,
    );
  if (!offer.isSold(size, region))
    throw new VisibleError(
      `not sold there — --size ${size} in --region ${region} — take ${other ?? 'another region'}; nothing was made`,
    );
  if (known.diskGb < needed)
    throw new VisibleError(
      `the disk is too small — --size ${size}: ${known.diskGb} GB, the restore wants ${needed} GB — take ${other ?? 'a larger one'}; nothing was made`,
    );
  return { provider, region, size };
}

/** With the memory of the usual one, so that what fits there fits here. */
function cheapest(offer: Offer, region: string, needed: number, kind = 'x86'): string | undefined {
  const memoryMb = offer.sizes[offer.usual]?.memoryMb ?? 0;
  const price = (size: string) => offer.monthly(size, region);
  return Object.entries(offer.sizes)
    .filter(([name, size]) => size.diskGb >= needed && size.memoryMb >= memoryMb && price(name) !== undefined)
    .filter(([name, { architecture = 'x86' }]) => architecture === kind && offer.isSold(name, region))
    .sort(([a], [b]) => (price(a) ?? 0) - (price(b) ?? 0))
    .map(([name]) => name)[0];
}

/** What it costs at most: until the machine switches itself off. */
export function priceOf({ provider, region, size }: RehearsalMachine, hours: number): string {
  const { monthly, prices, hoursAMonth, billedBy } = offers[provider];
  const month = monthly(size, region);
  if (month === undefined) return `a price not known to us for ${size}`;
  const hourly = month / hoursAMonth;
  const money = (amount: number) =>
    `${prices.currency} ${amount < 0.005 ? 'less than 0.01' : amount.toFixed(2)}`;
  const least = billedBy === 'hour' ? ', at least one' : '';
  return `${money(hourly)} an hour${least} (${size}); ${money(hourly * hours)} if it were left for ${hours} h (without VAT, prices of ${prices.date})`;
}
