import { ApiError, notFound } from '../api-error.ts';
import { firewallsOf } from '../hcloud/firewall-rules.ts';
import type { CloudObject, Properties } from '../types.ts';
import { refuseToMake } from './refuse.ts';
import type { Api, Changed, Seen } from './types.ts';

const types: Record<string, string> = {
  servers: 'Server',
  firewalls: 'Firewall',
  ssh_keys: 'SshKey',
  primary_ips: 'PrimaryIp',
};

/** https://docs.hetzner.cloud/reference/cloud */
export const hcloud: Api = {
  answer({ method, path: [version, kind = '', id], query, body }, seen) {
    const { access, list } = seen;
    const found = access();
    const type = types[kind];
    if (version !== 'v1' || !type) throw notFound();
    if (method === 'POST')
      refuseToMake(found, body, new ApiError(422, "invalid input in field 'name'", 'invalid_input'));
    const all = list(type);
    if (id === undefined) {
      const named = all.filter(({ inputs }) => !query.get('name') || inputs.name === query.get('name'));
      const pagination = { page: 1, per_page: named.length, total_entries: named.length, next_page: null };
      return { [kind]: named.map((each) => shown(each, seen)), meta: { pagination } };
    }
    const one = all.find((object) => object.id === id);
    if (!one) throw new ApiError(404, `${type.toLowerCase()} with ID '${id}' not found`, 'not_found');
    return { [kind.slice(0, -1)]: shown(one, seen) };
  },
  change: ({ method, path: [, kind = '', id = '', , action], body }, _seen, change) => {
    const type = types[kind];
    if (!type) return undefined;
    const update = async (inputs: Properties): Promise<Changed> => {
      const object = change.find(type, id);
      await change.update(object, { ...object.inputs, ...inputs });
      return [200, { [kind.slice(0, -1)]: { id: Number(id) } }];
    };
    if (method === 'PUT' && action === undefined) return update({ name: body.name });
    if (method !== 'POST') return undefined;
    if (action === 'set_rules') return update({ rules: rulesIn(body) });
    if (action === 'poweroff')
      return change.powerOff(change.find(type, id)).then(() => [201, { action: { status: 'running' } }]);
    if (type !== 'Firewall' || id || !body.name) return undefined;
    const servers = (body.apply_to as { server: { id: number } }[] | undefined) ?? [];
    const applyTos = servers.map(({ server }) => ({ server: server.id }));
    return change
      .create(type, { name: body.name, rules: rulesIn(body), applyTos })
      .then((made) => [201, { firewall: { id: Number(made.id) } }]);
  },
  refusal: ({ status, code, message }) => [
    status,
    { error: { code: code === 'no_token' ? 'unauthorized' : code, message, details: null } },
  ],
};

const rulesIn = ({ rules }: Properties) =>
  (
    rules as {
      direction: string;
      protocol: string;
      port?: string;
      destination_ips?: string[];
      source_ips?: string[];
    }[]
  ).map(({ destination_ips: destinationIps, source_ips: sourceIps, ...rule }) => ({
    ...rule,
    ...(destinationIps && { destinationIps }),
    ...(sourceIps && { sourceIps }),
  }));

function shown(object: CloudObject, { list, context }: Seen): Properties {
  const { type, id, inputs, outputs } = object;
  const { ipv4Address: ip4, ipv6Network: ip6 } = outputs;
  return {
    id: Number(id),
    name: inputs.name,
    ...(outputs.status ? { status: outputs.status } : {}),
    ...(type === 'Server' && {
      public_net: { ipv4: ip4 ? { ip: ip4 } : null, ipv6: ip6 ? { ip: ip6 } : null },
    }),
    ...(type === 'Firewall' && {
      applied_to: list('Server')
        .filter((server) => firewallsOf(context(), server).includes(object))
        .map((server) => ({ type: 'server', server: { id: Number(server.id) } })),
    }),
  };
}
