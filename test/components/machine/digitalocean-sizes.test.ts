import * as enums from '@pulumi/digitalocean/types/enums/index.js';
import { expect, test } from 'vitest';
import { digitaloceanRegions, digitaloceanSizes } from '../../../components/machine/digitalocean-sizes.ts';

test('every size is one the provider has a name for', () => {
  const known: string[] = Object.values(enums.DropletSlug);
  expect(Object.keys(digitaloceanSizes).filter((slug) => !known.includes(slug))).toEqual([]);
});

test('CPUs and memory are those in the name, and there is a disk', () => {
  expect(digitaloceanSizes['s-4vcpu-8gb']).toEqual({ vcpus: 4, memoryMb: 8192, diskGb: 160 });
  for (const [slug, size] of Object.entries(digitaloceanSizes)) {
    expect(slug).toContain(`-${size.vcpus}vcpu-${size.memoryMb / 1024}gb`);
    expect(size.diskGb).toBeGreaterThanOrEqual(25);
  }
});

test('regions have no duplicates, and those that are sold keep their place in the list', () => {
  expect(new Set(digitaloceanRegions).size).toBe(digitaloceanRegions.length);
  expect(digitaloceanRegions).toEqual(expect.arrayContaining(['ams3', 'fra1', 'nyc3', 'sfo3']));
});
