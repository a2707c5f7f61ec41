import { fingerprint, type Provider, rememberAccount, tokenVariables } from '../../lib/accounts.ts';
import { type Identity, Refusal, Silence } from '../clouds/cloud.ts';
import { type Check, type Finding, failure, ok, type Patient, warning } from '../types.ts';

interface Kind {
  /** What the token must be allowed to do, and where one is made. */
  scopes: string;
  get: string;
  /** The second half of a pair. */
  secret?: string;
  ask(patient: Patient): Promise<Identity>;
}

const kinds: Record<Provider, Kind> = {
  hetzner: {
    scopes: 'Read & Write',
    get: 'console.hetzner.com: the project, Security, API tokens, Generate API token',
    ask: ({ clouds }) => clouds.hetzner.whoami(),
  },
  digitalocean: {
    scopes:
      'full access, or every scope of account, droplet, reserved_ip, firewall, ssh_key, project, spaces_key, regions, sizes, actions and tag',
    get: 'cloud.digitalocean.com: API, Tokens, Generate New Token',
    ask: ({ clouds }) => clouds.digitalocean.whoami(),
  },
  spaces: {
    scopes: 'full access to all buckets',
    get: 'cloud.digitalocean.com: Spaces Object Storage, Access Keys, Create Access Key',
    secret: 'SPACES_SECRET_ACCESS_KEY',
    ask: ({ clouds }) => clouds.spaces.whoami(),
  },
  cloudflare: {
    scopes: 'Zone / DNS / Edit and Zone / Zone / Read, for the zone',
    get: 'dash.cloudflare.com: My Profile, API Tokens, Create Token, Edit zone DNS',
    ask: ({ clouds, plain }) =>
      clouds.cloudflare.whoami((plain.dns as { zoneId?: string } | undefined)?.zoneId ?? ''),
  },
};

/** One token: set, valid, and allowed to do what the program does. */
export const tokenCheck = (provider: Provider): Check => ({
  name: provider,
  async run(patient) {
    if (!patient.providers.includes(provider)) return [];
    const kind = kinds[provider];
    const { env } = patient.context;
    const variables = [tokenVariables[provider], ...(kind.secret ? [kind.secret] : [])];
    const unset = variables.filter((name) => !env[name]);
    if (unset.length > 0)
      return [
        failure(
          `${unset.join(' and ')} is not set`,
          `get one (${kind.scopes}) at ${kind.get}; then: export ${unset[0]}=…`,
        ),
      ];
    const token = env[tokenVariables[provider]] as string;
    if (token !== token.trim())
      return [failure(`${tokenVariables[provider]} has spaces around it`, 'set it again, without')];
    try {
      return judge(await kind.ask(patient), provider, token, env);
    } catch (error) {
      if (error instanceof Silence)
        return [warning(`${error.message}: the token is not checked`, 'look at your network, and run again')];
      if (!(error instanceof Refusal)) throw error;
      return [
        failure(
          `${variables.join(' with ')} is not accepted: ${error.message} (${error.status})`,
          `wrong, expired or revoked: make a new one (${kind.scopes}) at ${kind.get}`,
        ),
      ];
    }
  },
});

function judge(who: Identity, provider: Provider, token: string, env: NodeJS.ProcessEnv): Finding[] {
  const { scopes, get } = kinds[provider];
  if (who.account) rememberAccount(env, token, who.account);
  const name = who.account ? `account ${who.account}` : `token ${fingerprint(token)}`;
  const remark = who.remark ? `; ${who.remark}` : '';
  const found: Finding[] = [];
  if (who.access === 'read')
    found.push(failure(`${name}: the token may only read${remark}`, `make one with ${scopes} at ${get}`));
  if (who.missing && who.missing.length > 0)
    found.push(
      failure(`${name}: the token lacks ${who.missing.join(', ')}`, `make one with ${scopes} at ${get}`),
    );
  if (found.length > 0) return found;
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
