import { type Answer, type Api, ask, must, reader, refusalOf } from './ask.ts';
import type { Cloud, Identity, Makes, Quota } from './types.ts';

/** Where each kind is, by the scope that a custom token calls it (https://docs.digitalocean.com/reference/api/scopes/). */
const paths = {
  droplet: '/v2/droplets',
  reserved_ip: '/v2/reserved_ips',
  firewall: '/v2/firewalls',
  ssh_key: '/v2/account/keys',
  project: '/v2/projects',
  spaces_key: '/v2/spaces/keys',
};
type Kind = keyof typeof paths;

const made: Record<Makes, Kind[]> = {
  machines: Object.keys(paths) as Kind[],
  buckets: ['project', 'spaces_key'],
};

/** Each has required fields, so that nothing can be made of `{}`; a key of Spaces might. */
const probed: Kind[] = ['droplet', 'reserved_ip', 'firewall', 'ssh_key', 'project'];

/** The longest page there is. */
const most = 200;
const listOf = (kind: Kind) => `${paths[kind]}?per_page=${kind === 'reserved_ip' ? most : 1}`;

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
  const read = reader(api);
  return {
    async whoami(makes = 'machines') {
      const kinds = made[makes];
      const writes = kinds.filter((kind) => probed.includes(kind));
      const [account, lists, probes] = await Promise.all([
        read('/v2/account'),
        Promise.all(kinds.map((kind) => read(listOf(kind)))),
        // What is refused first is the token, and only then what was asked for.
        Promise.all(writes.map((kind) => ask(api, paths[kind], {}))),
      ]);
      // A custom token need not have account:read.
      const found = account.status === 403 ? undefined : (must(account).account as Account);
      const access = accessOf(probes);
      const missing = [
        ...lacking(kinds, lists, 'read'),
        ...(found ? [] : ['account:read']),
        ...(access === 'read' ? [] : lacking(writes, probes, 'create')),
      ];
      return {
        account: found?.team?.name ?? found?.email,
        access,
        ...(missing.length > 0 ? { missing } : {}),
        ...(found ? conditionOf(found) : {}),
      };
    },
    async sees(kind, id) {
      const path = paths[kind === 'server' ? 'droplet' : 'firewall'];
      const { status, body } = await read(`${path}/${encodeURIComponent(id)}`);
      if (status !== 200 && status !== 404) throw refusalOf(status, body);
      return status === 200;
    },
    async holds(machine) {
      const [droplets, keys] = await Promise.all([
        read(`${paths.droplet}?name=${encodeURIComponent(machine)}`),
        read(`${paths.ssh_key}?per_page=${most}`),
      ]);
      const found = [must(droplets).droplets, must(keys).ssh_keys] as { name: string }[][];
      return found.flat().some(({ name }) => same(name, machine));
    },
    async quotas(machines) {
      const [account, droplets, addresses, ...named] = await Promise.all([
        read('/v2/account'),
        read(listOf('droplet')),
        read(listOf('reserved_ip')),
        ...machines.map((name) => read(`${paths.droplet}?name=${encodeURIComponent(name)}`)),
      ]);
      const limits = must(account).account as Account;
      const there = named.flatMap((answer) => must(answer).droplets as { name: string }[]);
      const missing = machines.filter((name) => !there.some((droplet) => same(droplet.name, name)));
      return [
        ...quota('Droplets', limits.droplet_limit, totalOf(droplets), missing.length),
        ...quota(
          'reserved addresses',
          limits.reserved_ip_limit ?? limits.floating_ip_limit,
          totalOf(addresses),
          addressesWanted(machines, addresses),
        ),
      ];
    },
  };
}

const same = (a: string | undefined, b: string) => a?.toLowerCase() === b.toLowerCase();

function accessOf(probes: Answer[]): Identity['access'] {
  if (probes.some(({ status }) => status === 400 || status === 422)) return 'read-write';
  return probes.every(({ status }) => status === 403) ? 'read' : 'unknown';
}

const lacking = (kinds: Kind[], answers: Answer[], right: string) =>
  kinds.filter((_, index) => answers[index]?.status === 403).map((kind) => `${kind}:${right}`);

/** https://docs.digitalocean.com/reference/api/reference/account/: `active`, `warning` or `locked`. */
function conditionOf({ status, status_message = '' }: Account): Pick<Identity, 'locked' | 'remark'> {
  const words = `the account is ${[status, status_message.trim()].filter(Boolean).join(': ')}`;
  if (status === 'locked') return { locked: words };
  return status && status !== 'active' ? { remark: words } : {};
}

interface Reserved {
  droplet?: { name?: string } | null;
}

/** An address has no name of its own: one without a machine may be what a run left that ended half-way. */
function addressesWanted(machines: string[], answer: Answer): number {
  const reserved = must(answer).reserved_ips as Reserved[];
  // Ours may be on a page that was not read.
  if ((totalOf(answer) ?? 0) > reserved.length) return 0;
  const without = machines.filter((name) => !reserved.some(({ droplet }) => same(droplet?.name, name)));
  const free = reserved.filter(({ droplet }) => !droplet);
  return Math.max(0, without.length - free.length);
}

const totalOf = (answer: Answer) => (must(answer).meta as { total?: number } | undefined)?.total;

const quota = (what: string, limit: number | undefined, used: number | undefined, wanted: number): Quota[] =>
  limit === undefined || used === undefined ? [] : [{ what, limit, used, wanted }];
