import type { Mistake } from './mistake.ts';

/** Machines: provider, size, region, host. */
export const machines: Mistake[] = [
  ['an unknown size', { 'primary.size': 's-4vcpu-8g' }, 'primary.size', /not a known size/],
  ['an unknown region', { 'primary.region': 'fra2' }, 'primary.region', /not a known region/],
  [
    'an unknown provider',
    { 'primary.provider': 'digitalocaen' },
    'primary.provider',
    /not one of the choices/,
  ],
  ['a provider left out', { primary: { region: 'fra1' } }, 'primary.provider', /is missing/],
  [
    'a size of another provider',
    { 'primary.size': 'cpx31' },
    'primary.size',
    /not a known size of a Droplet/,
  ],
  [
    'a Droplet’s size at Hetzner',
    { primary: { provider: 'hetzner', size: 's-4vcpu-8gb' } },
    'primary.size',
    /not a known server type/,
  ],
  [
    'a host without an address',
    { primary: { provider: 'existing', host: 'box.example.org' } },
    'primary.address',
    /is missing beside primary\.host/,
  ],
  [
    'one host twice',
    {
      primary: { provider: 'existing', host: '203.0.113.7' },
      secondary: { provider: 'existing', host: '203.0.113.7' },
    },
    'secondary.host',
    /is also the primary/,
  ],
  [
    'memory over the secondary’s',
    { secondary: { provider: 'hetzner', size: 'cpx22' } },
    'processes',
    /exceed the machine's 4096 MB/,
  ],
  [
    'memory over the machine’s',
    { 'primary.size': 's-2vcpu-4gb' },
    'processes',
    /exceed the machine's 4096 MB/,
  ],
];
