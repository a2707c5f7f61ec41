import { Refusal, Silence } from '../../../components/accounts/types.ts';
import { idsOf } from '../state.ts';
import { type Check, type Finding, failure, ok, type Patient, skipped } from '../types.ts';

const variables = { hetzner: 'HCLOUD_TOKEN', digitalocean: 'DIGITALOCEAN_TOKEN' } as const;

/** The servers that the state knows are there for this token: one of another project or team sees nothing. */
export const servers: Check = {
  name: 'servers',
  ofStack: true,
  async run(patient) {
    const state = await patient.state().catch(() => undefined);
    if (!state) return [];
    const found = await Promise.all(
      (['hetzner', 'digitalocean'] as const).map(async (provider) => {
        if (!patient.context.env[variables[provider]]) return [];
        const ids = idsOf(state, provider, 'server');
        return Promise.all(ids.map((id) => look(patient, provider, id, idsOf(state, provider, 'firewall'))));
      }),
    );
    return found.flat();
  },
};

async function look(
  { clouds, stack }: Patient,
  provider: 'hetzner' | 'digitalocean',
  id: string,
  firewalls: string[],
): Promise<Finding> {
  const cloud = clouds[provider];
  try {
    if (await cloud.sees('server', id)) return ok(`${provider} server ${id} is there`);
    const others = await Promise.all(firewalls.map((firewall) => cloud.sees('firewall', firewall)));
    if (others.includes(true))
      return failure(
        `${provider} server ${id} is gone, though its firewall is there: somebody deleted it`,
        `read docs before you build it anew (its backups come first); then: pulumi refresh --stack ${stack}`,
      );
    return failure(
      `the stack's server ${id} cannot be seen with this ${variables[provider]}: it is the token of another project or team`,
      'take the token of the project that holds it; nothing of pulumi up would find what is there',
    );
  } catch (error) {
    if (error instanceof Refusal || error instanceof Silence)
      return skipped(`${provider} server ${id}: ${error.message}`);
    throw error;
  }
}
