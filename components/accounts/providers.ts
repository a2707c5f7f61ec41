import { hostnameOf } from '../machine/hostname.ts';

/** Whom a stack may need an account with, and the variable that names it; the order is that of every list. */
export const tokenVariables = {
  hetzner: 'HCLOUD_TOKEN',
  digitalocean: 'DIGITALOCEAN_TOKEN',
  spaces: 'SPACES_ACCESS_KEY_ID',
  cloudflare: 'CLOUDFLARE_API_TOKEN',
} as const;

export type Provider = keyof typeof tokenVariables;

export const providers = Object.keys(tokenVariables) as Provider[];

/** Which accounts a stack's plain config needs. */
export function providersOf(config: object): Provider[] {
  const said = (key: string) => (config as Record<string, { provider?: string } | undefined>)[key]?.provider;
  const machines = [said('primary') ?? 'digitalocean', said('secondary')];
  const spaces = (said('storage') ?? 'spaces') === 'spaces';
  const needed: Record<Provider, boolean> = {
    hetzner: machines.includes('hetzner'),
    // Buckets are made by the same provider's API as Droplets.
    digitalocean: machines.includes('digitalocean') || spaces,
    // A copy has no bucket of its own.
    spaces: spaces && !('restore' in config && config.restore),
    cloudflare: said('dns') === 'cloudflare',
  };
  return providers.filter((provider) => needed[provider]);
}

type Places = { primary?: { provider?: string }; secondary?: { provider?: string } };

/**
 * The machines of a stack that are to be in that provider's account, by the names they have there; with `last`, only those
 * that were there already.
 */
export function machinesOf(config: object, provider: Provider, stack: string, last?: Places): string[] {
  const { domain, restore, primary, secondary } = config as {
    domain?: string;
    restore?: object;
  } & Places;
  const said = { primary: primary?.provider ?? 'digitalocean', secondary: secondary?.provider };
  const roles = (['primary', 'secondary'] as const).filter(
    (role) => said[role] === provider && (last === undefined || last[role]?.provider === provider),
  );
  // A copy's domain is its source's, and its name its own.
  if (domain === undefined && !restore) return [];
  return roles.map((role) => hostnameOf(role, { domain: domain ?? '', restore }, stack));
}
