import type { Api } from '../../../../components/accounts/ask.ts';
import { type Provider, tokenVariables } from '../../../../components/accounts/providers.ts';
import { readSettings } from '../../../../components/accounts/settings.ts';
import { Refusal, Silence } from '../../../../components/accounts/types.ts';
import { hostnameOf } from '../../../../components/machine/hostname.ts';
import type { Kit } from '../../../../components/recovery/kit.ts';
import { prefix } from '../../stack-file.ts';
import { leftAtCloudflare } from './cloudflare.ts';
import { leftAtDigitalOcean } from './digitalocean.ts';
import { leftAtHetzner } from './hetzner.ts';
import type { Left, Lost } from './types.ts';

export interface Found extends Left {
  /** Accounts that could not be asked, and why. */
  unasked: string[];
}

/** In this order they are worked through: names go last, so that they are away for the shortest time. */
const finders = {
  digitalocean: leftAtDigitalOcean,
  hetzner: leftAtHetzner,
  cloudflare: leftAtCloudflare,
} as const;

type Asked = keyof typeof finders;

/** What of a lost stack is still in the accounts that its kit names; nothing is changed. */
export async function findLeft(kit: Kit, env: NodeJS.ProcessEnv, ours: ReadonlySet<string>): Promise<Found> {
  const lost = lostOf(kit, ours);
  const settings = readSettings(env);
  const found = await Promise.all(
    accountsOf(kit).map(async (account): Promise<Partial<Found>> => {
      const { token, base } = settings[account];
      if (!token) return { unasked: [`${tokenVariables[account as Provider]} is not set`] };
      const api: Api = { token, base };
      try {
        return await finders[account](api, lost);
      } catch (error) {
        if (error instanceof Refusal)
          return {
            unasked: [
              `${tokenVariables[account]} is refused: ${error.message.slice(0, 200)} (${error.status})`,
            ],
          };
        if (error instanceof Silence) return { unasked: [error.message] };
        throw error;
      }
    }),
  );
  return {
    machines: found.flatMap(({ machines = [] }) => machines),
    steps: found.flatMap(({ steps = [] }) => steps),
    keys: found.flatMap(({ keys = [] }) => keys),
    remarks: found.flatMap(({ remarks = [] }) => remarks),
    unasked: found.flatMap(({ unasked = [] }) => unasked),
  };
}

const readValue = <T>({ config }: Kit, key: string): T | undefined => {
  const text = config[`${prefix}${key}`];
  return text === undefined ? undefined : (JSON.parse(text) as T);
};

/** Who ran its machines, kept its buckets, and served its names. */
function accountsOf(kit: Kit): Asked[] {
  const places = ['primary', 'secondary'].map((role) => readValue<{ provider: string }>(kit, role)?.provider);
  return (Object.keys(finders) as Asked[]).filter(
    (account) =>
      account === 'digitalocean' ||
      places.includes(account) ||
      (account === 'cloudflare' && readValue<{ provider: string }>(kit, 'dns')?.provider === account),
  );
}

function lostOf(kit: Kit, ours: ReadonlySet<string>): Lost {
  const domain = kit.config[`${prefix}domain`] ?? '';
  return {
    stack: kit.stack,
    project: prefix.slice(0, -1),
    domain,
    hostnames: (['primary', 'secondary'] as const).map((role) => hostnameOf(role, { domain }, kit.stack)),
    buckets: [kit.buckets.media.bucket, kit.buckets.backups.bucket],
    dns: readValue(kit, 'dns') ?? { provider: 'none' },
    ours,
  };
}
