import type { PriceList, Traffic } from './price-list.ts';

/** Hetzner Cloud, per month, without VAT and without the IPv4 address, which is an item of its own. */
export const hetzner: PriceList = {
  provider: 'hetzner',
  date: '2026-09-29',
  currency: 'EUR',
  source: 'https://docs.hetzner.com/general/infrastructure-and-availability/price-adjustment/',
  remark:
    'without VAT; servers ordered or rescaled after 2026-06-15 (older ones keep their price); cx and cax types were marked "not available" on that day',
};

type Place = 'eu' | 'us' | 'sin';

/** Prices differ by place, not by location. */
export const hetznerPlaces: Readonly<Record<string, Place>> = {
  fsn1: 'eu',
  nbg1: 'eu',
  hel1: 'eu',
  ash: 'us',
  hil: 'us',
  sin: 'sin',
};

/** Server types by place; a type that is missing is not sold there, or its price is not known to us. */
export const hetznerServers: Readonly<Record<Place, Readonly<Record<string, number>>>> = {
  eu: {
    ...{ cx23: 5.49, cx33: 8.49, cx43: 15.99, cx53: 29.49 },
    ...{ cax11: 5.99, cax21: 10.49, cax31: 20.99, cax41: 40.99 },
    ...{ cpx12: 11.49, cpx22: 19.49, cpx32: 35.49, cpx42: 69.49, cpx52: 100.49, cpx62: 129.99 },
    ...{ ccx13: 42.99, ccx23: 85.99, ccx33: 138.49, ccx43: 275.99, ccx53: 533.49, ccx63: 853.49 },
  },
  us: {
    ...{ cpx11: 17.49, cpx21: 31.99, cpx31: 62.49 },
    ...{ ccx13: 43.49, ccx23: 87.49, ccx33: 140.99, ccx43: 279.49, ccx53: 538.49, ccx63: 859.99 },
  },
  sin: { cpx12: 15.49, cpx22: 26.49, cpx32: 48.99, cpx42: 93.49, cpx52: 134.49, cpx62: 171.99 },
};

/** A primary IPv4 address; IPv6 is free. https://docs.hetzner.com/cloud/servers/primary-ips/overview/ */
export const hetznerIpv4 = 0.5;

/** The least that is included anywhere in the place; larger servers include more. */
export const hetznerTraffic: Readonly<Record<Place, Traffic>> = {
  eu: { includedGb: 20_000, perGb: 0.001 },
  us: { includedGb: 1_000, perGb: 0.001 },
  sin: { includedGb: 500, perGb: 0.0074 },
};
