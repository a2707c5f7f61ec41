import { expect, it } from 'vitest';
import { digitaloceanRegions, digitaloceanSizes } from '../../../components/machine/digitalocean-sizes.ts';
import { hetznerRegions, hetznerSizes } from '../../../components/machine/hetzner-sizes.ts';
import { regions, sizes } from '../../../lab/cloud/digitalocean/catalog.ts';
import { locations, serverTypes } from '../../../lab/cloud/hcloud/catalog.ts';

it('the lab rents every size the program accepts, with the same CPUs, memory and disk', () => {
  for (const [slug, { vcpus, memoryMb, diskGb }] of Object.entries(digitaloceanSizes)) {
    expect(sizes[slug], slug).toMatchObject({ vcpus, memory: memoryMb, disk: diskGb });
    expect(sizes[slug]?.priceMonthly, slug).toBeGreaterThan(0);
  }
});

it('in every region the program accepts', () => {
  expect(regions).toEqual(expect.arrayContaining([...digitaloceanRegions]));
});

it('the same holds at Hetzner: types, where they are sold, and locations', () => {
  const known = Object.entries(serverTypes).map(
    ([name, { cores, memory, disk, architecture, locations }]) => [
      name,
      { vcpus: cores, memoryMb: memory, diskGb: disk, architecture, regions: [...locations] },
    ],
  );
  expect(Object.fromEntries(known)).toEqual(hetznerSizes);
  expect(locations).toEqual(hetznerRegions);
});
