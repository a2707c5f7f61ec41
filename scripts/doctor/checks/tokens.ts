import { heldBy, notAccepted, notEnough, permits, unusable } from '../../../components/accounts/problems.ts';
import { machinesOf } from '../../../components/accounts/providers.ts';
import { type Identity, Refusal, Silence } from '../../../components/accounts/types.ts';
import { fingerprint, type Provider, rememberAccount } from '../../lib/accounts.ts';
import { type Check, type Finding, failure, ok, type Patient, warning } from '../types.ts';

const ask: Record<Provider, (patient: Patient) => Promise<Identity>> = {
  hetzner: ({ clouds }) => clouds.hetzner.whoami(),
  digitalocean: ({ clouds, plain, stack }) => {
    const onlyBuckets = stack !== undefined && machinesOf(plain, 'digitalocean', stack).length === 0;
    return clouds.digitalocean.whoami(onlyBuckets ? 'buckets' : 'machines');
  },
  spaces: ({ clouds }) => clouds.spaces.whoami(),
  cloudflare: ({ clouds, plain }) =>
    clouds.cloudflare.whoami((plain.dns as { zoneId?: string } | undefined)?.zoneId ?? ''),
};

/** One token: set, valid, and allowed to do what the program does. */
export const tokenCheck = (provider: Provider): Check => ({
  name: provider,
  async run(patient) {
    if (!patient.providers.includes(provider)) return [];
    const { settings } = patient;
    const unset = unusable(provider, settings);
    if (unset) return [failure(unset.cause, unset.remedy)];
    try {
      return judge(await ask[provider](patient), provider, patient);
    } catch (error) {
      if (error instanceof Silence)
        return [warning(`${error.message}: the token is not checked`, 'look at your network, and run again')];
      if (!(error instanceof Refusal)) throw error;
      const { cause, remedy } = notAccepted(provider, settings, error);
      return [failure(cause, remedy)];
    }
  },
});

function judge(who: Identity, provider: Provider, { settings, context: { env } }: Patient): Finding[] {
  const { scopes, get } = permits[provider];
  const token = heldBy(provider, settings)[0]?.[1] ?? '';
  if (who.account) rememberAccount(env, token, who.account);
  const problems = notEnough(provider, who);
  if (problems.length > 0) return problems.map(({ cause, remedy }) => failure(cause, remedy));
  const name = who.account ? `account ${who.account}` : `token ${fingerprint(token)}`;
  const remark = who.remark ? `; ${who.remark}` : '';
  if (who.access === 'unknown')
    return [
      warning(`${name}: valid${remark}, but whether it may write could not be told`, `it needs ${scopes}`),
    ];
  return [
    who.remark
      ? warning(`${name}, read and write${remark}`, `see to it at ${get}`)
      : ok(`${name}, read and write`),
  ];
}
