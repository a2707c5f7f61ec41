import { limitsOf } from '../accounts.ts';
import { notFound, unprocessable } from '../api-error.ts';
import type { CloudObject, Properties } from '../types.ts';
import { changeDigitalOcean } from './digitalocean-changes.ts';
import { refuseToMake } from './refuse.ts';
import type { Api, Seen } from './types.ts';

interface Resource {
  type: string;
  /** What a list of them, and one of them, is called in an answer. */
  many: string;
  one: string;
  show(object: CloudObject, seen: Seen): Properties;
}

const named = ({ id, inputs: { name } }: CloudObject) => ({ id, name });

const resources: Record<string, Resource> = {
  droplets: {
    ...{ type: 'Droplet', many: 'droplets', one: 'droplet' },
    show: ({ id, inputs, outputs }) => ({
      id: Number(id),
      name: inputs.name,
      status: outputs.status,
      networks: {
        v4: [{ ip_address: outputs.ipv4Address, type: 'public' }],
        v6: outputs.ipv6Address ? [{ ip_address: outputs.ipv6Address, type: 'public' }] : [],
      },
    }),
  },
  reserved_ips: {
    ...{ type: 'ReservedIp', many: 'reserved_ips', one: 'reserved_ip' },
    show: ({ id, inputs, hidden }, { list }) => {
      const droplet = list('Droplet').find((each) => each.id === hidden.dropletId);
      return {
        ip: id,
        region: { slug: inputs.region },
        droplet: droplet ? { id: Number(droplet.id), name: droplet.inputs.name } : null,
      };
    },
  },
  firewalls: {
    ...{ type: 'Firewall', many: 'firewalls', one: 'firewall' },
    show: ({ id, inputs: { name, dropletIds = [], tags = [] } }) => ({
      ...{ id, name, droplet_ids: dropletIds, tags },
    }),
  },
  'account/keys': { type: 'SshKey', many: 'ssh_keys', one: 'ssh_key', show: named },
  projects: { type: 'Project', many: 'projects', one: 'project', show: named },
  'spaces/keys': {
    ...{ type: 'SpacesKey', many: 'keys', one: 'key' },
    show: ({ id, inputs: { name, grants } }) => ({ access_key: id, name, grants }),
  },
};

/** https://docs.digitalocean.com/reference/api/digitalocean/ */
export const digitalocean: Api = {
  answer({ method, path: [version, ...rest], query, body }, seen) {
    const found = seen.access();
    if (version !== 'v2') throw notFound();
    if (rest.join('/') === 'account') return { account: account(seen) };
    const [kind, id] = resources[rest.join('/')]
      ? [rest.join('/')]
      : [rest.slice(0, -1).join('/'), rest.at(-1)];
    const resource = resources[kind ?? ''];
    if (!resource) throw notFound();
    if (method === 'POST') refuseToMake(found, body, unprocessable('Name is required'));
    const all = seen.list(resource.type);
    if (id !== undefined) {
      const one = all.find((object) => object.id === id);
      if (!one) throw notFound();
      return { [resource.one]: resource.show(one, seen) };
    }
    const name = query.get('name')?.toLowerCase();
    const wanted = all.filter(({ inputs }) => !name || String(inputs.name).toLowerCase() === name);
    const page = wanted.slice(0, Number(query.get('per_page') ?? 20));
    return { [resource.many]: page.map((each) => resource.show(each, seen)), meta: { total: wanted.length } };
  },
  change: changeDigitalOcean,
  refusal: ({ status, code, message }) => [
    status,
    status === 401
      ? { id: 'Unauthorized', message: 'Unable to authenticate you' }
      : { id: code || 'server_error', message },
  ],
};

function account({ access }: Seen): Properties {
  const { account } = access();
  const limits = limitsOf(account);
  return {
    droplet_limit: limits.Droplet,
    floating_ip_limit: limits.ReservedIp,
    email: `${account.name}@lab.test`,
    uuid: account.name,
    email_verified: true,
    status: 'active',
    status_message: '',
    team: { uuid: account.name, name: account.name },
  };
}
