import { type Quota, Refusal, Silence } from '../clouds/cloud.ts';
import { idsOf } from '../state.ts';
import { type Check, type Finding, failure, ok, type Patient, skipped } from '../types.ts';

const shops = { hetzner: 'HCLOUD_TOKEN', digitalocean: 'DIGITALOCEAN_TOKEN' } as const;

/** Whether the account has room for what the stack has not made yet. */
export const quotas: Check = {
  name: 'quotas',
  ofStack: true,
  async run(patient) {
    const { plain, context } = patient;
    const machines = [plain.primary?.provider ?? 'digitalocean', plain.secondary?.provider];
    const state = await patient.state().catch(() => undefined);
    const found = await Promise.all(
      (['hetzner', 'digitalocean'] as const).map(async (provider) => {
        const wanted = machines.filter((each) => each === provider).length;
        if (wanted === 0 || !context.env[shops[provider]]) return [];
        const made = state ? idsOf(state, provider, 'server').length : 0;
        return judge(patient, provider, Math.max(0, wanted - made));
      }),
    );
    return found.flat();
  },
};

async function judge(
  { clouds }: Patient,
  provider: 'hetzner' | 'digitalocean',
  wanted: number,
): Promise<Finding[]> {
  try {
    const found = await clouds[provider].quotas();
    if (found.length === 0)
      return [skipped(`${provider} tells no limits over its API: see them in its console`)];
    const full = found.filter(({ limit, used }) => used + wanted > limit);
    if (full.length === 0) return [ok(`${provider}: ${found.map(show).join(', ')}`)];
    return full.map((quota) =>
      failure(
        `${provider}: no room for ${wanted} more, ${show(quota)}`,
        'ask the provider to raise the limit, or delete what nobody needs',
      ),
    );
  } catch (error) {
    if (error instanceof Refusal || error instanceof Silence)
      return [skipped(`${provider}: ${error.message}`)];
    throw error;
  }
}

const show = ({ what, limit, used }: Quota) => `${used} of ${limit} ${what}`;
