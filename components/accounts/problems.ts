import type { Provider } from './providers.ts';
import { tokenVariables } from './providers.ts';
import type { Settings } from './settings.ts';
import type { Identity, Quota, Refusal, Zone } from './types.ts';

/** Why a stack cannot be made in an account, and what to do about it. */
export interface Problem {
  /** Names the variable that holds the token. */
  cause: string;
  remedy: string;
}

/** What each token must be allowed to do, and where one is made. */
export const permits: Record<Provider, { scopes: string; get: string }> = {
  hetzner: {
    scopes: 'Read & Write',
    get: 'console.hetzner.com: the project, Security, API tokens, Generate API token',
  },
  digitalocean: {
    scopes:
      'full access, or every scope of account, droplet, reserved_ip, firewall, ssh_key, project, spaces_key, regions, sizes, actions and tag',
    get: 'cloud.digitalocean.com: API, Tokens, Generate New Token',
  },
  spaces: {
    scopes: 'full access to all buckets',
    get: 'cloud.digitalocean.com: Spaces Object Storage, Access Keys, Create Access Key',
  },
  cloudflare: {
    scopes: 'Zone / DNS / Edit and Zone / Zone / Read, for the zone',
    get: 'dash.cloudflare.com: My Profile, API Tokens, Create Token, Edit zone DNS',
  },
};

const another = (provider: Provider) =>
  `make one with ${permits[provider].scopes} at ${permits[provider].get}`;

/** The variables that hold a provider's token, with what is in them. */
export function heldBy(provider: Provider, settings: Settings): [variable: string, value: string][] {
  if (provider !== 'spaces') return [[tokenVariables[provider], settings[provider].token]];
  const { accessKey, secretKey } = settings.spaces;
  return [
    [tokenVariables.spaces, accessKey],
    ['SPACES_SECRET_ACCESS_KEY', secretKey],
  ];
}

/** A token that need not be tried. */
export function unusable(provider: Provider, settings: Settings): Problem | undefined {
  const held = heldBy(provider, settings);
  const unset = held.filter(([, value]) => value === '').map(([variable]) => variable);
  const { scopes, get } = permits[provider];
  if (unset.length > 0)
    return {
      cause: `${unset.join(' and ')} is not set`,
      remedy: `get one (${scopes}) at ${get}; then: export ${unset[0]}=…`,
    };
  const [padded] = held.find(([, value]) => value !== value.trim()) ?? [];
  return padded ? { cause: `${padded} has spaces around it`, remedy: 'set it again, without' } : undefined;
}

/** A token that the provider does not take. */
export function notAccepted(provider: Provider, settings: Settings, { message, status }: Refusal): Problem {
  const variables = heldBy(provider, settings).map(([variable]) => variable);
  const { scopes, get } = permits[provider];
  return {
    cause: `${variables.join(' with ')} is not accepted: ${message.slice(0, 300)} (${status})`,
    remedy: `wrong, expired or revoked: make a new one (${scopes}) at ${get}`,
  };
}

/** A token that the provider takes, and that is not enough. */
export function notEnough(provider: Provider, { account, access, missing, locked }: Identity): Problem[] {
  const variable = tokenVariables[provider];
  const whose = account ? `${variable} (account ${account})` : variable;
  // Nothing may be made there at all: what the token may do cannot be told.
  if (locked)
    return [{ cause: `${whose}: ${locked}`, remedy: `see why at ${permits[provider].get.split(':')[0]}` }];
  return [
    ...(access === 'read' ? [{ cause: `${whose} may only read`, remedy: another(provider) }] : []),
    ...(missing && missing.length > 0
      ? [{ cause: `${whose} lacks ${missing.join(', ')}`, remedy: another(provider) }]
      : []),
  ];
}

/** A token of an account that holds nothing of a machine which the stack has there. */
export const anothers = (provider: Provider, machine: string): Problem => ({
  cause: `${tokenVariables[provider]} sees neither ${machine} nor its SSH key: it is the token of another project or team`,
  remedy:
    'take the token of the project that holds them; if somebody deleted both: COOP_IGNORE_ACCOUNTS=1 pulumi up --refresh',
});

/** Limits that the stack's machines would exceed. */
export function noRoom(provider: Provider, quotas: Quota[]): Problem[] {
  return quotas
    .filter(({ limit, used, wanted }) => wanted > 0 && used + wanted > limit)
    .map(({ what, limit, used, wanted }) => ({
      cause: `${tokenVariables[provider]}: the account has ${used} of ${limit} ${what}, and ${wanted} more would be made`,
      remedy: 'ask the provider to raise the limit, or delete what nobody needs',
    }));
}

/** A zone that is not what the stack says; undefined where it is. */
export function notTheZone(
  dns: { zone: string; zoneId: string },
  found: Zone | undefined,
): Problem | undefined {
  if (!found)
    return {
      cause: `${tokenVariables.cloudflare} sees no zone ${dns.zoneId}: it is another account's, or the token does not cover it`,
      remedy: `take a token that covers ${dns.zone}; the zone's ID is on its overview page`,
    };
  if (found.name === dns.zone) return undefined;
  return {
    cause: `dns.zoneId is that of ${found.name}, and dns.zone says ${dns.zone}`,
    remedy: `copy the ID from the overview page of ${dns.zone}`,
  };
}
