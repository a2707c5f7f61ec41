export interface Size {
  memory: number;
  vcpus: number;
  disk: number;
  priceMonthly: number;
}

const size = (memory: number, vcpus: number, disk: number, priceMonthly: number): Size => ({
  memory,
  vcpus,
  disk,
  priceMonthly,
});

/** Droplet sizes: MiB, CPUs, GiB, US dollars. https://slugs.do-api.dev */
export const sizes: Record<string, Size> = {
  's-1vcpu-512mb-10gb': size(512, 1, 10, 4),
  's-1vcpu-1gb': size(1024, 1, 25, 6),
  's-1vcpu-2gb': size(2048, 1, 50, 12),
  's-2vcpu-2gb': size(2048, 2, 60, 18),
  's-2vcpu-4gb': size(4096, 2, 80, 24),
  's-4vcpu-8gb': size(8192, 4, 160, 48),
  's-8vcpu-16gb': size(16384, 8, 320, 96),
  'c-2': size(4096, 2, 25, 42),
  'c-4': size(8192, 4, 50, 84),
  'g-2vcpu-8gb': size(8192, 2, 25, 63),
  'g-4vcpu-16gb': size(16384, 4, 50, 126),
  'm-2vcpu-16gb': size(16384, 2, 50, 84),
};

/** Regions that rent droplets. https://docs.digitalocean.com/platform/regional-availability/ */
export const regions = [
  'ams3',
  'atl1',
  'blr1',
  'fra1',
  'lon1',
  'nyc1',
  'nyc2',
  'nyc3',
  'sfo2',
  'sfo3',
  'sgp1',
  'syd1',
  'tor1',
];

/** Regions that have Spaces. */
export const spacesRegions = [
  'ams3',
  'atl1',
  'blr1',
  'fra1',
  'lon1',
  'nyc3',
  'sfo2',
  'sfo3',
  'sgp1',
  'syd1',
  'tor1',
];

/** What a machine of the lab can boot. */
export const images = ['debian-13-x64'];
