import { type Api, ask, must } from '../../../../components/accounts/ask.ts';
import { isLost, type Left, type Lost, lostName, NOBODY } from './types.ts';
import { untilOff } from './until-off.ts';

interface Droplet {
  id: number;
  name: string;
  status: string;
  networks?: Partial<Record<'v4' | 'v6', { ip_address: string; type: string }[]>>;
}
interface Firewall {
  id: string;
  name: string;
  droplet_ids?: number[] | null;
  tags?: string[] | null;
}
interface Reserved {
  ip: string;
  droplet?: { id: number } | null;
}
interface Project {
  id: string;
  name: string;
}
interface Key {
  access_key: string;
  name: string;
  grants?: { bucket: string; permission: string }[];
}

/** Droplets, firewalls, the project and keys of Spaces. https://docs.digitalocean.com/reference/api/digitalocean/ */
export async function leftAtDigitalOcean(api: Api, lost: Lost): Promise<Left> {
  const { hostnames, ours, domain } = lost;
  const list = async <T>(path: string, kind: string): Promise<T[]> => {
    const found: T[] = [];
    for (let page = 1; ; page++) {
      const body = must(await ask(api, `/v2/${path}?per_page=200&page=${page}`));
      const some = body[kind] as T[];
      found.push(...some);
      const total = (body.meta as { total?: number } | undefined)?.total ?? 0;
      if (some.length === 0 || found.length >= total) return found;
    }
  };
  const act = async (method: string, path: string, body?: object) =>
    void must(await ask(api, `/v2/${path}`, body, method));
  const [droplets, firewalls, reserved, projects, keys] = await Promise.all([
    list<Droplet>('droplets', 'droplets'),
    list<Firewall>('firewalls', 'firewalls'),
    list<Reserved>('reserved_ips', 'reserved_ips'),
    list<Project>('projects', 'projects'),
    list<Key>('spaces/keys', 'keys'),
  ]);
  const left: Left = { machines: [], steps: [], keys: [], remarks: [] };
  revoke(keys, lost, left, (key) => act('DELETE', `spaces/keys/${key}`));

  const taken = hostnames.map((name) => name.replaceAll('.', '-'));
  const named = firewalls.filter(({ id, name }) => taken.includes(name) && !ours.has(id));
  const unused = named.filter(({ droplet_ids, tags }) => !droplet_ids?.length && !tags?.length);
  for (const droplet of droplets) {
    const { id, name, status } = droplet;
    const known = isLost(name, hostnames);
    if (!known || ours.has(String(id))) continue;
    if (known === 'renamed' && status === 'off') {
      left.remarks.push(`Droplet ${name} was fenced before, and is off`);
      continue;
    }
    const { v4 = [], v6 = [] } = droplet.networks ?? {};
    const ips = [...v4, ...v6].filter(({ type }) => type === 'public').map((each) => each.ip_address);
    const floating = reserved.filter((each) => each.droplet?.id === id).map(({ ip }) => ip);
    left.machines.push({ name, addresses: [...new Set([...floating, ...ips])] });
    const around = firewalls.filter(({ droplet_ids }) => droplet_ids?.includes(id));
    // One that is around others too must not close around them.
    const own = around.find(({ droplet_ids, tags }) => droplet_ids?.length === 1 && !tags?.length);
    const others = around.filter((each) => each !== own);
    const rules = {
      name: own && !taken.includes(own.name) ? own.name : `lost-${id}`,
      inbound_rules: [{ protocol: 'tcp', ports: '9', sources: { addresses: [NOBODY] } }],
      outbound_rules: [{ protocol: 'tcp', ports: '9', destinations: { addresses: [NOBODY] } }],
      droplet_ids: [id],
    };
    left.steps.push(
      {
        says: `fence Droplet ${name} (${id}) by its cloud firewall, which is called ${rules.name} from now on: nothing enters, nothing leaves`,
        act: () => (own ? act('PUT', `firewalls/${own.id}`, rules) : act('POST', 'firewalls', rules)),
      },
      {
        says: 'switch it off',
        act: async () => {
          await act('POST', `droplets/${id}/actions`, { type: 'power_off' });
          await untilOff(async () => (must(await ask(api, `/v2/droplets/${id}`)).droplet as Droplet).status);
        },
        optional: true,
      },
    );
    if (known === 'as it was')
      left.steps.push({
        says: `rename it to ${lostName(id, name)}`,
        act: () => act('POST', `droplets/${id}/actions`, { type: 'rename', name: lostName(id, name) }),
        // An account may have two of a name, and one action at a time.
        optional: true,
      });
    left.remarks.push(
      `Droplet ${name} and its addresses are paid for until somebody deletes them: its disk may hold what was never archived`,
      ...others.map((other) => `firewall ${other.name} is around ${name} and others, and was left as it is`),
    );
  }
  for (const { id, name } of unused)
    left.steps.push({
      says: `delete firewall ${name}: it is around no machine of ours, and a new one takes its name`,
      act: () => act('DELETE', `firewalls/${id}`),
    });
  for (const { id, name } of projects.filter((each) => each.name === domain && !ours.has(each.id))) {
    const other = `${name} (lost ${id.slice(0, 8)})`;
    left.steps.push({
      says: `rename project ${name} to ${other}: a new one takes its name`,
      act: () => act('PATCH', `projects/${id}`, { name: other }),
    });
  }
  return left;
}

/** The machine's own keys by the names the program gives them; others are somebody's, and only told of. */
function revoke(
  keys: readonly Key[],
  { buckets, ours }: Lost,
  left: Left,
  remove: (key: string) => Promise<void>,
): void {
  for (const { access_key: key, name, grants = [] } of keys) {
    const writes = grants.filter(
      ({ bucket, permission }) => buckets.includes(bucket) && permission !== 'read',
    );
    const [first] = writes;
    if (!first || ours.has(key)) continue;
    if (name === `${first.bucket}-readwrite`) {
      left.keys.push(key);
      left.steps.push({
        says: `revoke key ${name} (${key}): the old server can write to ${first.bucket} no more`,
        act: () => remove(key),
      });
    } else
      left.remarks.push(
        `key ${name} (${key}) may write to ${first.bucket} as well: revoke it if the old server had it`,
      );
  }
}
