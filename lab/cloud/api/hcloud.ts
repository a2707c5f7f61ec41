import { ApiError, notFound } from '../api-error.ts';
import type { CloudObject } from '../types.ts';
import { refuseToMake } from './refuse.ts';
import type { Api } from './types.ts';

const types: Record<string, string> = { servers: 'Server', firewalls: 'Firewall', ssh_keys: 'SshKey' };

/** https://docs.hetzner.cloud/reference/cloud */
export const hcloud: Api = {
  answer({ method, path: [version, kind = '', id], query, body }, { access, list }) {
    const found = access();
    const type = types[kind];
    if (version !== 'v1' || !type) throw notFound();
    if (method === 'POST')
      refuseToMake(found, body, new ApiError(422, "invalid input in field 'name'", 'invalid_input'));
    const all = list(type);
    if (id === undefined) {
      const named = all.filter(({ inputs }) => !query.get('name') || inputs.name === query.get('name'));
      const pagination = { page: 1, per_page: named.length, total_entries: named.length };
      return { [kind]: named.map(shown), meta: { pagination } };
    }
    const one = all.find((object) => object.id === id);
    if (!one) throw new ApiError(404, `${type.toLowerCase()} with ID '${id}' not found`, 'not_found');
    return { [kind.slice(0, -1)]: shown(one) };
  },
  refusal: ({ status, code, message }) => [
    status,
    { error: { code: code === 'no_token' ? 'unauthorized' : code, message, details: null } },
  ],
};

const shown = ({ id, inputs, outputs }: CloudObject) => ({
  id: Number(id),
  name: inputs.name,
  ...(outputs.status ? { status: outputs.status } : {}),
});
