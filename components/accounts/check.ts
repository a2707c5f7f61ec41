import type { StackConfig } from '../config.ts';
import { VisibleError } from '../errors.ts';
import type { LastOutputs } from '../last.ts';
import { anothers, noRoom, notAccepted, notEnough, notTheZone, type Problem, unusable } from './problems.ts';
import { machinesOf, type Provider, providersOf, tokenVariables } from './providers.ts';
import type { Settings } from './settings.ts';
import { type Clouds, Refusal, Silence } from './types.ts';

export interface Asking {
  clouds: Clouds;
  settings: Settings;
  /** What the stack has already. */
  last: LastOutputs;
  /** Told of what could not be asked. */
  warn(message: string): unknown;
  /** Somebody looked, and knows better: what does not fit is a warning. */
  insisted: boolean;
}

/**
 * Asks every account that the stack needs, before any resource is asked for: whether it takes the token, whether the token
 * may write, whether there is room, whether the zone is in it. Half of a stack is not made because the other half's
 * token is wrong. A provider that does not answer is a warning: what is elsewhere must not wait for it.
 */
export async function checkAccounts(config: StackConfig, stack: string, asking: Asking): Promise<void> {
  const found = await Promise.all(
    providersOf(config).map((provider) => ask(provider, { config, stack }, asking)),
  );
  const problems = found.flat();
  if (problems.length === 0) return;
  const lines = problems.map(({ cause, remedy }) => `  ${cause} — ${remedy}`);
  const said = `accounts do not fit stack ${stack}:\n${lines.join('\n')}\n`;
  if (!asking.insisted) throw new VisibleError(`${said}Nothing was changed. coop doctor ${stack} says more.`);
  asking.warn(`${said}COOP_IGNORE_ACCOUNTS is set: going on all the same.`);
}

interface Wanted {
  config: StackConfig;
  stack: string;
}

async function ask(provider: Provider, wanted: Wanted, asking: Asking): Promise<Problem[]> {
  const { settings, warn } = asking;
  const unset = unusable(provider, settings);
  if (unset) return [unset];
  try {
    return await questions[provider](wanted, asking);
  } catch (error) {
    if (error instanceof Refusal) return [notAccepted(provider, settings, error)];
    if (!(error instanceof Silence)) throw error;
    warn(`${error.message}: ${tokenVariables[provider]} was not checked`);
    return [];
  }
}

const questions: Record<Provider, (wanted: Wanted, asking: Asking) => Promise<Problem[]>> = {
  async hetzner(wanted, asking) {
    const [who, elsewhere] = await Promise.all([
      asking.clouds.hetzner.whoami(),
      notHeld('hetzner', wanted, asking),
    ]);
    return [...notEnough('hetzner', who), ...elsewhere];
  },
  spaces: async (_wanted, { clouds }) => notEnough('spaces', await clouds.spaces.whoami()),
  async digitalocean(wanted, asking) {
    const { config, stack } = wanted;
    const { clouds, warn } = asking;
    const { digitalocean } = clouds;
    const machines = machinesOf(config, 'digitalocean', stack);
    const [who, quotas, elsewhere] = await Promise.all([
      digitalocean.whoami(machines.length > 0 ? 'machines' : 'buckets'),
      machines.length > 0 ? digitalocean.quotas(machines).catch(heard) : [],
      notHeld('digitalocean', wanted, asking),
    ]);
    const problems = [...notEnough('digitalocean', who), ...elsewhere];
    if (quotas instanceof Silence) warn(`${quotas.message}: its limits were not checked`);
    // A token that may not read them is told by the other question.
    if (who.locked || quotas instanceof Error) return problems;
    return [...problems, ...noRoom('digitalocean', quotas)];
  },
  async cloudflare({ config: { dns } }, { clouds }) {
    if (dns.provider !== 'cloudflare') return [];
    const [who, zone] = await Promise.all([
      clouds.cloudflare.whoami(dns.zoneId),
      clouds.cloudflare.zone(dns.zoneId),
    ]);
    const wrong = notTheZone(dns, zone);
    return [...(wrong ? [wrong] : []), ...notEnough('cloudflare', who)];
  },
};

/** Machines that the stack has there, and that this token does not see. What cannot be asked is told by the other questions. */
async function notHeld(
  provider: 'hetzner' | 'digitalocean',
  { config, stack }: Wanted,
  { clouds, last }: Asking,
): Promise<Problem[]> {
  const machines = machinesOf(config, provider, stack, last.machines ?? {});
  const held = await Promise.all(
    machines.map((machine) => clouds[provider].holds(machine).catch((error) => heard(error) !== undefined)),
  );
  return machines.filter((_, index) => !held[index]).map((machine) => anothers(provider, machine));
}

function heard(error: unknown): Refusal | Silence {
  if (error instanceof Refusal || error instanceof Silence) return error;
  throw error;
}
