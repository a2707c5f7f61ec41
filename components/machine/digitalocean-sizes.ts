import type { Size } from './size.ts';

/**
 * Droplet sizes by slug. Slugs are those of `DropletSlug` in @pulumi/digitalocean 4.80.1; disks are from the price
 * list. Written down 2026-11; add a line when DigitalOcean adds a size.
 * https://docs.digitalocean.com/products/droplets/details/pricing/
 */
export const digitaloceanSizes: Readonly<Record<string, Size>> = Object.fromEntries(
  [
    // Basic, shared CPUs
    ...['s-1vcpu-1gb 25', 's-1vcpu-2gb 50', 's-2vcpu-2gb 60', 's-2vcpu-4gb 80', 's-4vcpu-8gb 160'],
    ...['s-8vcpu-16gb 320'],
    ...['s-1vcpu-1gb-amd 25', 's-1vcpu-2gb-amd 50', 's-2vcpu-2gb-amd 60', 's-2vcpu-4gb-amd 80'],
    ...['s-2vcpu-8gb-amd 100', 's-4vcpu-8gb-amd 160', 's-4vcpu-16gb-amd 200', 's-8vcpu-16gb-amd 320'],
    ...['s-8vcpu-32gb-amd 400'],
    ...['s-1vcpu-2gb-70gb-intel 70', 's-2vcpu-2gb-90gb-intel 90', 's-2vcpu-4gb-120gb-intel 120'],
    ...['s-2vcpu-8gb-160gb-intel 160', 's-4vcpu-8gb-240gb-intel 240', 's-4vcpu-16gb-320gb-intel 320'],
    ...['s-8vcpu-16gb-480gb-intel 480', 's-8vcpu-32gb-640gb-intel 640'],
    // General purpose, dedicated CPUs
    ...['g-2vcpu-8gb 25', 'g-4vcpu-16gb 50', 'g-8vcpu-32gb 100', 'g-16vcpu-64gb 200', 'g-32vcpu-128gb 400'],
    ...['gd-2vcpu-8gb 50', 'gd-4vcpu-16gb 100', 'gd-8vcpu-32gb 200', 'gd-16vcpu-64gb 400'],
    // CPU-optimised
    ...['c2-2vcpu-4gb 50', 'c2-4vcpu-8gb 100', 'c2-8vcpu-16gb 200', 'c2-16vcpu-32gb 400'],
    // Memory-optimised
    ...['m-2vcpu-16gb 50', 'm-4vcpu-32gb 100', 'm-8vcpu-64gb 200', 'm-16vcpu-128gb 400'],
  ].map(entry),
);

/** Regions Droplets are sold in. https://docs.digitalocean.com/platform/regional-availability/ (2026-11) */
export const digitaloceanRegions: readonly string[] = [
  ...['ams3', 'atl1', 'blr1', 'fra1', 'lon1', 'nyc1', 'nyc2', 'nyc3', 'sfo2', 'sfo3', 'sgp1', 'syd1', 'tor1'],
];

function entry(line: string): [string, Size] {
  const match = /^(\S+?-(\d+)vcpu-(\d+)gb\S*) (\d+)$/.exec(line);
  if (!match) throw new Error(`not a Droplet size: ${line}`);
  const [, slug = '', vcpus, gigabytes, disk] = match;
  return [slug, { vcpus: Number(vcpus), memoryMb: Number(gigabytes) * 1024, diskGb: Number(disk) }];
}
