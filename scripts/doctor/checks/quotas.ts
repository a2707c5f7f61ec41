import { noRoom } from '../../../components/accounts/problems.ts';
import { machinesOf, tokenVariables } from '../../../components/accounts/providers.ts';
import { type Quota, Refusal, Silence } from '../../../components/accounts/types.ts';
import { type Check, type Finding, failure, ok, type Patient, skipped } from '../types.ts';

/** Whether the account has room for what the stack has not made yet. */
export const quotas: Check = {
  name: 'quotas',
  ofStack: true,
  async run(patient) {
    const { plain, context, stack = '' } = patient;
    const found = await Promise.all(
      (['hetzner', 'digitalocean'] as const).map((provider) => {
        const machines = machinesOf(plain, provider, stack);
        return machines.length > 0 && context.env[tokenVariables[provider]]
          ? judge(patient, provider, machines)
          : [];
      }),
    );
    return found.flat();
  },
};

async function judge(
  { clouds }: Patient,
  provider: 'hetzner' | 'digitalocean',
  machines: string[],
): Promise<Finding[]> {
  try {
    const found = await clouds[provider].quotas(machines);
    if (found.length === 0)
      return [skipped(`${provider} tells no limits over its API: see them in its console`)];
    const full = noRoom(provider, found);
    if (full.length === 0) return [ok(`${provider}: ${found.map(show).join(', ')}`)];
    return full.map(({ cause, remedy }) => failure(cause, remedy));
  } catch (error) {
    if (error instanceof Refusal || error instanceof Silence)
      return [skipped(`${provider}: ${error.message}`)];
    throw error;
  }
}

const show = ({ what, limit, used }: Quota) => `${used} of ${limit} ${what}`;
