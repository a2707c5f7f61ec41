import type { PriceList, Traffic } from './price-list.ts';

/** DigitalOcean, per month, without taxes; the same in every region. */
export const digitalocean: PriceList = {
  provider: 'digitalocean',
  date: '2026-09-29',
  currency: 'USD',
  source: 'https://www.digitalocean.com/pricing/droplets',
  remark: 'without taxes; one Spaces subscription serves every bucket of the account',
};

/** `slug price` of https://docs.digitalocean.com/products/droplets/details/pricing/ */
const list = [
  ...['s-1vcpu-512mb-10gb 4', 's-1vcpu-1gb 6', 's-1vcpu-2gb 12', 's-2vcpu-2gb 18'],
  ...['s-2vcpu-4gb 24', 's-4vcpu-8gb 48', 's-8vcpu-16gb 96'],
  ...['s-1vcpu-1gb-amd 7', 's-1vcpu-2gb-amd 14', 's-2vcpu-2gb-amd 21', 's-2vcpu-4gb-amd 28'],
  ...['s-2vcpu-8gb-amd 42', 's-4vcpu-8gb-amd 56', 's-4vcpu-16gb-amd 84'],
  ...['s-8vcpu-16gb-amd 112', 's-8vcpu-32gb-amd 168'],
  ...['s-1vcpu-2gb-70gb-intel 16', 's-2vcpu-2gb-90gb-intel 24', 's-2vcpu-4gb-120gb-intel 32'],
  ...['s-2vcpu-8gb-160gb-intel 48', 's-4vcpu-8gb-240gb-intel 64', 's-4vcpu-16gb-320gb-intel 96'],
  ...['s-8vcpu-16gb-480gb-intel 128', 's-8vcpu-32gb-640gb-intel 192'],
  ...['g-2vcpu-8gb 63', 'g-4vcpu-16gb 126', 'g-8vcpu-32gb 252', 'g-16vcpu-64gb 504', 'g-32vcpu-128gb 1008'],
  ...['gd-2vcpu-8gb 68', 'gd-4vcpu-16gb 136', 'gd-8vcpu-32gb 272', 'gd-16vcpu-64gb 544'],
  ...['c2-2vcpu-4gb 47', 'c2-4vcpu-8gb 94', 'c2-8vcpu-16gb 188', 'c2-16vcpu-32gb 376'],
  ...['m-2vcpu-16gb 84', 'm-4vcpu-32gb 168', 'm-8vcpu-64gb 336', 'm-16vcpu-128gb 672'],
];

export const droplets: Readonly<Record<string, number>> = Object.fromEntries(
  list.map((line) => line.split(' ')).map(([slug, price]) => [slug as string, Number(price)]),
);

/** Terabytes a Droplet may send, by size, where we know them; the allowances of an account's Droplets are added up. */
export const dropletTransferTb: Readonly<Record<string, number>> = {
  's-1vcpu-512mb-10gb': 0.5,
  's-1vcpu-1gb': 1,
  's-1vcpu-2gb': 2,
  's-2vcpu-2gb': 3,
  's-2vcpu-4gb': 4,
  's-4vcpu-8gb': 5,
  's-8vcpu-16gb': 6,
};

export const dropletTrafficPerGb = 0.01;

/** A reserved IPv4 address is free while it points to a Droplet. https://docs.digitalocean.com/products/networking/reserved-ips/details/pricing/ */
export const reservedIp = 0;

/** https://docs.digitalocean.com/products/spaces/details/pricing/ */
export const spaces: { subscription: number; includedGb: number; perGb: number; traffic: Traffic } = {
  subscription: 5,
  includedGb: 250,
  perGb: 0.02,
  traffic: { includedGb: 1_024, perGb: 0.01 },
};
