import { type Api, ask, must, refusalOf } from './ask.ts';
import type { Cloud, Quota } from './cloud.ts';

/** What the program makes, by the scope that a custom token calls it (https://docs.digitalocean.com/reference/api/scopes/). */
const kinds = {
  droplet: '/v2/droplets',
  reserved_ip: '/v2/reserved_ips',
  firewall: '/v2/firewalls',
  ssh_key: '/v2/account/keys',
  project: '/v2/projects',
  spaces_key: '/v2/spaces/keys',
};

interface Account {
  email?: string;
  status?: string;
  status_message?: string;
  droplet_limit?: number;
  reserved_ip_limit?: number;
  floating_ip_limit?: number;
  team?: { name?: string };
}

/** DigitalOcean's API (https://docs.digitalocean.com/reference/api/digitalocean/). A token belongs to a team. */
export function digitalOceanCloud(api: Api): Cloud {
  const account = async () => (await must(api, '/v2/account')).account as Account;
  return {
    async whoami() {
      const [found, unreadable, write] = await Promise.all([
        // A custom token need not have account:read.
        account().catch((error) => (error?.status === 403 ? undefined : Promise.reject(error))),
        unreadableKinds(api),
        // A Droplet without name, region, size and image can never be made: what is refused first is the token.
        ask(api, kinds.droplet, {}),
      ]);
      const missing = [...unreadable.map((kind) => `${kind}:read`), ...(found ? [] : ['account:read'])];
      const mayWrite = [400, 422].includes(write.status);
      const refused = write.status === 403;
      const bad = found?.status && found.status !== 'active';
      return {
        account: found?.team?.name ?? found?.email,
        access: mayWrite ? 'read-write' : refused ? 'read' : 'unknown',
        ...(missing.length > 0 ? { missing } : {}),
        ...(bad ? { remark: `the account is ${found.status}: ${found.status_message ?? ''}`.trim() } : {}),
      };
    },
    async sees(kind, id) {
      const path = `${kind === 'server' ? kinds.droplet : kinds.firewall}/${encodeURIComponent(id)}`;
      const { status, body } = await ask(api, path);
      if (status !== 200 && status !== 404) throw refusalOf(status, body);
      return status === 200;
    },
    async quotas() {
      const [limits, droplets, addresses] = await Promise.all([
        account(),
        total(api, kinds.droplet),
        total(api, kinds.reserved_ip),
      ]);
      const quota = (what: string, limit: number | undefined, used: number | undefined): Quota[] =>
        limit === undefined || used === undefined ? [] : [{ what, limit, used }];
      return [
        ...quota('Droplets', limits.droplet_limit, droplets),
        ...quota('reserved addresses', limits.reserved_ip_limit ?? limits.floating_ip_limit, addresses),
      ];
    },
  };
}

async function unreadableKinds(api: Api): Promise<string[]> {
  const answers = await Promise.all(
    Object.entries(kinds).map(async ([kind, path]) => ({ kind, ...(await ask(api, `${path}?per_page=1`)) })),
  );
  return answers.filter(({ status }) => status === 403).map(({ kind }) => kind);
}

async function total(api: Api, path: string): Promise<number | undefined> {
  return ((await must(api, `${path}?per_page=1`)).meta as { total?: number } | undefined)?.total;
}
