import { isIP } from 'node:net';
import { z } from 'zod';
import { digitaloceanRegions, digitaloceanSizes } from '../machine/digitalocean-sizes.ts';
import { hetznerRegions, hetznerSizes } from '../machine/hetzner-sizes.ts';
import { isDomain, oneOf, text } from './fields.ts';

const REGION = 'region; an edit is ignored on an existing machine and reported';
const SIZE = 'size; an edit switches the machine off, resizes CPUs and memory, and switches it on';
const provider =
  'who runs the machine: digitalocean, hetzner or existing; an edit is refused (of a secondary: while protect is true)';

/** https://docs.digitalocean.com/products/droplets/ */
const digitalocean = z.strictObject({
  provider: z.literal('digitalocean').meta({ description: provider }),
  region: oneOf(digitaloceanRegions, 'region of DigitalOcean').default('fra1').meta({ description: REGION }),
  size: oneOf(Object.keys(digitaloceanSizes), 'size of a Droplet', 'components/machine/digitalocean-sizes.ts')
    .default('s-4vcpu-8gb')
    .meta({ description: SIZE }),
});

/** https://docs.hetzner.com/cloud/ */
const hetzner = z.strictObject({
  provider: z.literal('hetzner').meta({ description: provider }),
  region: oneOf(hetznerRegions, 'location of Hetzner').default('fsn1').meta({ description: REGION }),
  size: oneOf(Object.keys(hetznerSizes), 'server type of Hetzner', 'components/machine/hetzner-sizes.ts')
    .default('cpx32')
    .meta({ description: SIZE }),
});

const existing = z.strictObject({
  provider: z.literal('existing').meta({ description: provider }),
  host: text(
    (value) => isDomain(value) || isIP(value) !== 0,
    'is neither a host name nor an address',
    'write where SSH answers, like box.example.org or 203.0.113.7',
  ).meta({ description: 'existing: where SSH answers, a name or an address' }),
  address: text(
    (value) => isIP(value) === 4,
    'is not an IPv4 address',
    'write four numbers, like 203.0.113.7',
  )
    .optional()
    .meta({
      description: 'existing: public IPv4 address the names point to (default: host, when it is one)',
    }),
  address6: text((value) => isIP(value) === 6, 'is not an IPv6 address', 'write one like 2001:db8::7')
    .optional()
    .meta({ description: 'existing: public IPv6 address the names point to (default none)' }),
  user: text(
    (value) => /^[a-z_][a-z0-9_-]{0,30}$/.test(value),
    'is not the name of a user',
    'write root, or one who may run sudo without a password',
  )
    .default('root')
    .meta({ description: 'existing: who logs in; root, or one who may run sudo without a password' }),
});

/** One machine, by who runs it: a new provider is an entry here and in components/machine/index.ts. */
export const machine = z.discriminatedUnion('provider', [digitalocean, hetzner, existing]);
