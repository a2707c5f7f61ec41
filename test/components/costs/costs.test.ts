import { describe, expect, it } from 'vitest';
import { costsOf, describeCosts, type Priced, usual } from '../../../components/costs/costs.ts';
import { digitalocean, droplets } from '../../../components/costs/prices-digitalocean.ts';
import { hetzner, hetznerPlaces, hetznerServers } from '../../../components/costs/prices-hetzner.ts';
import { digitaloceanSizes } from '../../../components/machine/digitalocean-sizes.ts';
import { hetznerSizes } from '../../../components/machine/hetzner-sizes.ts';

const spaces = { provider: 'spaces' };
const cloudflare = { provider: 'cloudflare' };
const prod: Priced = {
  primary: { provider: 'hetzner', region: 'fsn1', size: 'cpx42' },
  secondary: { provider: 'digitalocean', region: 'fra1', size: 's-4vcpu-8gb' },
  storage: spaces,
  dns: cloudflare,
};

describe('a month of a stack', () => {
  it('is summed by currency, never across', () => {
    const costs = costsOf(prod);
    expect(costs.totals).toEqual([
      { currency: 'EUR', amount: 69.99 },
      { currency: 'USD', amount: 53 },
    ]);
    expect(costs.unknown).toEqual([]);
    expect(costs.lines.map(({ what }) => what)).toEqual([
      ...['primary', 'primary address', 'secondary', 'secondary address', 'buckets', 'names'],
    ]);
    expect(describeCosts(costs)).toBe(
      `EUR 69.99 + USD 53.00 a month (without VAT, prices of ${hetzner.date})`,
    );
  });

  it('says so where a price is not known, and never counts it as nothing', () => {
    const costs = costsOf({ ...prod, primary: { provider: 'hetzner', region: 'fsn1', size: 'cpx999' } });
    expect(costs.unknown).toEqual(['primary']);
    expect(costs.lines[0]).not.toHaveProperty('amount');
    expect(describeCosts(costs)).toContain(', and primary at a price not known');
  });

  it.each<[string, Partial<Priced>, string]>([
    [
      'a type that is not sold there',
      { primary: { provider: 'hetzner', region: 'hil', size: 'cax31' } },
      'primary',
    ],
    ['a host of ours', { primary: { provider: 'existing' } }, 'primary'],
    ['a second repository', { repo2: { endpoint: 'https://s3.example.org' } }, 'second backups'],
    ['buckets elsewhere', { storage: { provider: 'other' } }, 'buckets'],
  ])('does not know the price of %s', (_, change, unknown) => {
    expect(costsOf({ ...prod, ...change }).unknown).toEqual([unknown]);
  });

  it('grows with what is stored and sent beyond what is included', () => {
    const sum = (assumed: Partial<typeof usual>) =>
      costsOf({ primary: prod.secondary as Priced['primary'], storage: spaces }, { ...usual, ...assumed })
        .totals[0]?.amount;
    expect(sum({})).toBe(53);
    expect(sum({ mediaGb: 200 })).toBe(53);
    expect(sum({ mediaGb: 300 })).toBe(55);
    // Beyond 5 TB of the Droplet and 1 TiB of Spaces.
    expect(sum({ trafficGb: 6000 })).toBeCloseTo(53 + 10 + 49.76, 2);
  });

  it('counts the traffic of the machine that serves, not of the one that stands by', () => {
    const lines = costsOf(prod, { ...usual, trafficGb: 30_000 }).lines.map(({ what }) => what);
    expect(lines).toContain('primary traffic');
    expect(lines).not.toContain('secondary traffic');
  });
});

describe('the price lists', () => {
  it('know every Droplet the configuration allows', () => {
    const missing = Object.keys(digitaloceanSizes).filter((size) => !((droplets[size] as number) > 0));
    expect(missing).toEqual([]);
  });

  it('know every server type of Hetzner in Europe and America', () => {
    const missing = Object.entries(hetznerSizes).flatMap(([type, { regions }]) =>
      regions
        .filter((region) => region !== 'sin')
        .filter((region) => !hetznerServers[hetznerPlaces[region] as 'eu'][type])
        .map((region) => `${type} in ${region}`),
    );
    expect(missing).toEqual([]);
  });

  it.each([hetzner, digitalocean])('$provider: dated, with currency and source', (list) => {
    expect(Number.isNaN(Date.parse(list.date))).toBe(false);
    expect(list.source).toMatch(/^https:\/\/[a-z.]+\//);
    expect(list.remark).toMatch(/without/);
  });

  it('hold sums of money only', () => {
    for (const place of Object.values(hetznerServers))
      for (const [type, price] of Object.entries(place)) expect(price, type).toBeGreaterThan(1);
  });
});
