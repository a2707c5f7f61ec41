import type { PriceList, Traffic } from './price-list.ts';
import * as ocean from './prices-digitalocean.ts';
import * as hetzner from './prices-hetzner.ts';

/** What a month is assumed to hold. */
export interface Assumptions {
  /** Gigabytes in the media bucket, old versions included. */
  mediaGb: number;
  /** Gigabytes in the backups bucket. */
  backupsGb: number;
  /** Gigabytes a serving machine sends out in a month; as much is taken to leave the media bucket. */
  trafficGb: number;
}

export const usual: Assumptions = { mediaGb: 100, backupsGb: 50, trafficGb: 500 };

/** The part of a stack's configuration that costs money. */
export interface Priced {
  primary: PricedMachine;
  secondary?: PricedMachine | undefined;
  storage: { provider: string };
  dns?: { provider: string } | undefined;
  repo2?: object | undefined;
}

export interface PricedMachine {
  provider: string;
  region?: string;
  size?: string;
}

export interface CostLine {
  /** The resource. */
  what: string;
  detail: string;
  provider: string;
  /** Per month; undefined: not known to us, which is not nothing. */
  amount?: number;
  currency?: PriceList['currency'];
}

export interface Costs {
  lines: CostLine[];
  totals: { currency: PriceList['currency']; amount: number }[];
  /** Names of what has no known price. */
  unknown: string[];
  lists: PriceList[];
}

/** What a stack costs in a month, line by line. */
export function costsOf(config: Priced, assumed: Assumptions = usual): Costs {
  const lines = [
    ...machineLines('primary', config.primary, assumed.trafficGb),
    ...(config.secondary ? machineLines('secondary', config.secondary, 0) : []),
    ...storageLines(config.storage, assumed),
    ...(config.repo2 ? [{ what: 'second backups', detail: 'of your own choice', provider: 'repo2' }] : []),
    ...(config.dns?.provider === 'cloudflare'
      ? [line('names', 'DNS records on the free plan', { provider: 'cloudflare', currency: 'USD' }, 0)]
      : []),
  ];
  const currencies = [...new Set(lines.flatMap(({ currency }) => currency ?? []))];
  const totals = currencies.map((currency) => ({
    currency,
    amount: cents(
      lines.reduce((sum, each) => sum + (each.currency === currency ? (each.amount ?? 0) : 0), 0),
    ),
  }));
  return {
    lines,
    totals,
    unknown: lines.filter(({ amount }) => amount === undefined).map(({ what }) => what),
    lists: [hetzner.hetzner, ocean.digitalocean].filter((list) =>
      lines.some(({ provider }) => provider === list.provider),
    ),
  };
}

function machineLines(role: string, machine: PricedMachine, trafficGb: number): CostLine[] {
  const { provider, size = '', region = '' } = machine;
  if (provider === 'hetzner') {
    const place = hetzner.hetznerPlaces[region];
    const server = place && hetzner.hetznerServers[place][size];
    return [
      line(role, `server ${size} in ${region}`, hetzner.hetzner, server),
      line(`${role} address`, 'IPv4 (IPv6 is free)', hetzner.hetzner, hetzner.hetznerIpv4),
      ...(place ? trafficLines(role, hetzner.hetzner, hetzner.hetznerTraffic[place], trafficGb) : []),
    ];
  }
  if (provider === 'digitalocean') {
    const includedGb = 1000 * (ocean.dropletTransferTb[size] ?? Number.POSITIVE_INFINITY);
    const traffic = { includedGb, perGb: ocean.dropletTrafficPerGb };
    return [
      line(role, `Droplet ${size} in ${region}`, ocean.digitalocean, ocean.droplets[size]),
      line(`${role} address`, 'reserved IPv4, free while in use', ocean.digitalocean, ocean.reservedIp),
      ...trafficLines(role, ocean.digitalocean, traffic, trafficGb),
    ];
  }
  return [{ what: role, detail: 'a host you have already', provider }];
}

function storageLines({ provider }: { provider: string }, assumed: Assumptions): CostLine[] {
  if (provider !== 'spaces') return [{ what: 'buckets', detail: 'at another provider', provider }];
  const { subscription, includedGb, perGb, traffic } = ocean.spaces;
  const stored = assumed.mediaGb + assumed.backupsGb;
  const more = Math.max(0, stored - includedGb);
  return [
    line('buckets', `Spaces: ${includedGb} GB included`, ocean.digitalocean, subscription),
    ...(more > 0 ? [line('stored beyond', `${more} GB`, ocean.digitalocean, more * perGb)] : []),
    ...trafficLines('buckets', ocean.digitalocean, traffic, assumed.trafficGb),
  ];
}

/** Only what is beyond the allowance costs anything. */
function trafficLines(what: string, list: PriceList, { includedGb, perGb }: Traffic, gb: number): CostLine[] {
  const more = Math.max(0, gb - includedGb);
  return more > 0 ? [line(`${what} traffic`, `${more} GB beyond ${includedGb}`, list, more * perGb)] : [];
}

const cents = (amount: number) => Math.round(amount * 100) / 100;

const line = (
  what: string,
  detail: string,
  { provider, currency }: Pick<PriceList, 'currency'> & { provider: string },
  amount: number | undefined,
): CostLine => ({
  what,
  detail,
  provider,
  ...(amount === undefined ? {} : { amount: cents(amount), currency }),
});

/** `EUR 69.99 + USD 53.00 a month …`: one line, the same every day as long as config and prices are the same. */
export function describeCosts(costs: Costs): string {
  const sums = costs.totals
    .filter(({ amount }) => amount > 0)
    .map(({ currency, amount }) => `${currency} ${amount.toFixed(2)}`);
  const known = sums.length > 0 ? `${sums.join(' + ')} a month` : 'nothing that we know of';
  const unknown = costs.unknown.length > 0 ? `, and ${costs.unknown.join(', ')} at a price not known` : '';
  const dates = [...new Set(costs.lists.map(({ date }) => date))].sort();
  const asOf = dates.length > 0 ? ` (without VAT, prices of ${dates[0]})` : '';
  return `${known}${unknown}${asOf}`;
}
