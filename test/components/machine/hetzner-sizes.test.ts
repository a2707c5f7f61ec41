import { expect, test } from 'vitest';
import { hetznerRegions, hetznerSizes } from '../../../components/machine/hetzner-sizes.ts';

test('every type has CPUs, memory and a disk, and is sold where there is a location', () => {
  expect(hetznerSizes.cpx42).toMatchObject({ vcpus: 8, memoryMb: 16_384, diskGb: 320, architecture: 'x86' });
  for (const [name, size] of Object.entries(hetznerSizes)) {
    expect(size.vcpus * size.memoryMb * size.diskGb, name).toBeGreaterThan(0);
    expect(size.regions.length, name).toBeGreaterThan(0);
    for (const region of size.regions) expect(hetznerRegions, name).toContain(region);
  }
});

test('cax types are ARM, and no others', () => {
  const arm = Object.entries(hetznerSizes).filter(([, size]) => size.architecture === 'arm');
  expect(arm.map(([name]) => name)).toEqual(['cax11', 'cax21', 'cax31', 'cax41']);
});

test('cheap families are sold in Europe only, the older one in America only, dedicated CPUs everywhere', () => {
  for (const name of ['cx33', 'cax21']) expect(hetznerSizes[name]?.regions).toEqual(['fsn1', 'nbg1', 'hel1']);
  expect(hetznerSizes.cpx31?.regions).toEqual(['ash', 'hil']);
  expect(hetznerSizes.ccx33?.regions).toEqual(hetznerRegions);
});
