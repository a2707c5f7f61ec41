import { isIP } from 'node:net';
import { parsePublicKey } from '../../components/config/keys.ts';
import { digitaloceanRegions, digitaloceanSizes } from '../../components/machine/digitalocean-sizes.ts';
import { hetznerRegions, hetznerSizes } from '../../components/machine/hetzner-sizes.ts';
import type { InitFlags } from './init-answers.ts';
import { type Ask, choose } from './init-questions.ts';

type Config = Record<string, unknown>;

interface Shop {
  regions: readonly string[];
  region: string;
  /** Types that are sold in a region. */
  sizes(region: string): string[];
  size(region: string): string;
  where: string;
}

const shops: Record<string, Shop> = {
  hetzner: {
    regions: hetznerRegions,
    region: 'fsn1',
    sizes: (region) =>
      Object.keys(hetznerSizes).filter((size) => hetznerSizes[size]?.regions.includes(region)),
    size: (region) => (['ash', 'hil'].includes(region) ? 'cpx31' : 'cpx32'),
    where: 'https://www.hetzner.com/cloud/',
  },
  digitalocean: {
    regions: digitaloceanRegions,
    region: 'fra1',
    sizes: () => Object.keys(digitaloceanSizes),
    size: () => 's-4vcpu-8gb',
    where: 'https://www.digitalocean.com/pricing/droplets',
  },
};
const providers = ['hetzner', 'digitalocean', 'existing'];

/** Who runs the machine that serves, where, how large; asks for what is not said yet. */
export async function askMachine(
  answers: InitFlags,
  config: Config | undefined,
  has: (path: string) => boolean,
  put: Ask,
): Promise<void> {
  if (!answers.provider && !has('primary.provider') && !answers.region && !answers.size)
    answers.provider = await choose(put, 'Machine at', providers, 'hetzner', {
      why: 'hetzner and digitalocean rent one; existing is a Debian 13 host that you have, reached over SSH.',
    });
  const provider = answers.provider ?? String(config?.provider ?? 'digitalocean');
  if (provider === 'existing') {
    if (!answers.host && !has('primary.host')) answers.host = await host(put);
    if (!answers.hostKey && !has('hostPublicKey')) answers.hostKey = await hostKey(put);
    return;
  }
  const shop = shops[provider];
  if (!shop) return;
  if (!answers.region && !has('primary.region')) answers.region = await region(put, shop);
  const place = answers.region ?? String(config?.region ?? shop.region);
  if (!answers.size && !has('primary.size')) answers.size = await size(put, shop, place);
}

/** The machine that stands by; most stacks have none. */
export async function askSecondary(answers: InitFlags, put: Ask): Promise<void> {
  const provider = await choose(put, 'A second machine that stands by', ['none', ...providers], 'none', {
    why: 'Production has one at another provider than the first, laid out and idle; staging and trials have none.',
  });
  if (provider === 'none') return;
  if (provider === 'existing') {
    answers.secondary = `existing/${await host(put)}`;
    answers.secondaryHostKey = await hostKey(put);
    return;
  }
  const shop = shops[provider] as Shop;
  const place = await region(put, shop);
  answers.secondary = [provider, place, await size(put, shop, place)].join('/');
}

const region = (put: Ask, shop: Shop) =>
  choose(put, 'Region', shop.regions, shop.region, {
    why: 'Near the members, and fixed once the machine stands: moving it is building another.',
  });

const size = (put: Ask, shop: Shop, place: string) => {
  const sold = shop.sizes(place);
  return put('Size', {
    why: `Mastodon with everything wants 8 GB; it can grow later. All with prices: ${shop.where}`,
    fallback: shop.size(place),
    check: (answer) => (sold.includes(answer) ? undefined : `not sold in ${place}: ${sold.join(', ')}`),
  });
};

const hostKey = (put: Ask) =>
  put('Its SSH host key', {
    why: 'One line, read on the host itself: cat /etc/ssh/ssh_host_ed25519_key.pub. Every connection is checked against it.',
    check: (answer) => (parsePublicKey(answer.trim()) ? undefined : 'one line that begins with ssh-ed25519'),
  });

const host = (put: Ask) =>
  put('Its address', {
    why: 'Where SSH answers for root, an IPv4 address; a name needs primary.address too (--set primary.address=…).',
    check: (answer) =>
      isIP(answer) || /^[a-z0-9.-]+\.[a-z]+$/.test(answer) ? undefined : 'an address or a host name',
  });
