export interface Size {
  /** MiB. */
  memory: number;
  vcpus: number;
  /** GiB. */
  disk: number;
  /** US dollars. */
  priceMonthly: number;
}

/** `slug disk price`: CPUs and memory stand in the slug. https://docs.digitalocean.com/products/droplets/details/pricing/ */
const list = [
  // Basic, shared CPUs
  ...['s-1vcpu-512mb-10gb 10 4', 's-1vcpu-1gb 25 6', 's-1vcpu-2gb 50 12', 's-2vcpu-2gb 60 18'],
  ...['s-2vcpu-4gb 80 24', 's-4vcpu-8gb 160 48', 's-8vcpu-16gb 320 96'],
  ...['s-1vcpu-1gb-amd 25 7', 's-1vcpu-2gb-amd 50 14', 's-2vcpu-2gb-amd 60 21', 's-2vcpu-4gb-amd 80 28'],
  ...['s-2vcpu-8gb-amd 100 42', 's-4vcpu-8gb-amd 160 56', 's-4vcpu-16gb-amd 200 84'],
  ...['s-8vcpu-16gb-amd 320 112', 's-8vcpu-32gb-amd 400 168'],
  ...['s-1vcpu-2gb-70gb-intel 70 16', 's-2vcpu-2gb-90gb-intel 90 24', 's-2vcpu-4gb-120gb-intel 120 32'],
  ...['s-2vcpu-8gb-160gb-intel 160 48', 's-4vcpu-8gb-240gb-intel 240 64', 's-4vcpu-16gb-320gb-intel 320 96'],
  ...['s-8vcpu-16gb-480gb-intel 480 128', 's-8vcpu-32gb-640gb-intel 640 192'],
  // General purpose, dedicated CPUs
  ...['g-2vcpu-8gb 25 63', 'g-4vcpu-16gb 50 126', 'g-8vcpu-32gb 100 252', 'g-16vcpu-64gb 200 504'],
  ...['g-32vcpu-128gb 400 1008'],
  ...['gd-2vcpu-8gb 50 68', 'gd-4vcpu-16gb 100 136', 'gd-8vcpu-32gb 200 272', 'gd-16vcpu-64gb 400 544'],
  // CPU-optimised
  ...['c2-2vcpu-4gb 50 47', 'c2-4vcpu-8gb 100 94', 'c2-8vcpu-16gb 200 188', 'c2-16vcpu-32gb 400 376'],
  // Memory-optimised
  ...['m-2vcpu-16gb 50 84', 'm-4vcpu-32gb 100 168', 'm-8vcpu-64gb 200 336', 'm-16vcpu-128gb 400 672'],
];

function parse(line: string): [string, Size] {
  const [slug = '', disk, price] = line.split(' ');
  const [, vcpus, amount, unit] = /-(\d+)vcpu-(\d+)([mg])b/.exec(slug) ?? [];
  const memory = Number(amount) * (unit === 'g' ? 1024 : 1);
  return [slug, { memory, vcpus: Number(vcpus), disk: Number(disk), priceMonthly: Number(price) }];
}

export const sizes: Readonly<Record<string, Size>> = Object.fromEntries(list.map(parse));

/** Regions that rent droplets. https://docs.digitalocean.com/platform/regional-availability/ */
export const regions = [
  ...['ams3', 'atl1', 'blr1', 'fra1', 'lon1', 'nyc1', 'nyc2', 'nyc3', 'sfo2', 'sfo3', 'sgp1', 'syd1', 'tor1'],
];

/** Regions that have Spaces. */
export const spacesRegions = [
  ...['ams3', 'atl1', 'blr1', 'fra1', 'lon1', 'nyc3', 'sfo2', 'sfo3', 'sgp1', 'syd1', 'tor1'],
];

/** What a machine of the lab can boot. */
export const images = ['debian-13-x64'];
