import { ApiError, notFound } from '../api-error.ts';
import type { CloudObject, Properties } from '../types.ts';
import { refuseToMake } from './refuse.ts';
import type { Api, Seen } from './types.ts';

const good = (result: unknown): Properties => ({ success: true, errors: [], messages: [], result });
const anothers = () => new ApiError(403, 'Unauthorized to access requested resource', '9109');

/** https://developers.cloudflare.com/api/ */
export const cloudflare: Api = {
  answer({ method, path, query, body }, seen) {
    const found = seen.access();
    const { name, zones = [] } = found.account;
    const shown = zones.map((zone) => ({ ...zone, status: 'active', account: { id: name, name } }));
    const [root, ...rest] = path.slice(2);
    if (path.slice(0, 2).join('/') !== 'client/v4') throw notFound();
    if (root === 'user' && rest.join('/') === 'tokens/verify') return good({ id: name, status: 'active' });
    if (root !== 'zones') throw notFound();
    const [id, kind] = rest;
    if (id === undefined) return good(shown);
    const zone = shown.find((each) => each.id === id);
    // A token says no more of a zone that it may not edit than of one that is another's.
    if (!zone) throw method === 'POST' ? new ApiError(403, 'Authentication error', '10000') : anothers();
    if (kind === undefined) return good(zone);
    if (kind !== 'dns_records') throw notFound();
    if (method === 'POST')
      refuseToMake(found, body, new ApiError(400, 'DNS record type "" is invalid.', '1004'));
    return good(records(seen, id, query.get('name')));
  },
  change({ method, path }, _seen, change) {
    const [, , root, zone, kind, id = ''] = path;
    if (method !== 'DELETE' || root !== 'zones' || kind !== 'dns_records') return undefined;
    return (async () => {
      const record = change.find('DnsRecord', id);
      if (record.inputs.zoneId !== zone) throw notFound();
      await change.remove(record);
      return [200, good({ id })];
    })();
  },
  refusal: ({ status, code, message }) => {
    const [at, number, words] =
      status === 401 ? [401, 1000, 'Invalid API Token'] : [status, Number(code) || 7003, message];
    return [at, { success: false, errors: [{ code: number, message: words }], messages: [], result: null }];
  },
};

function records({ state }: Seen, zoneId: string, name: string | null): Properties[] {
  return state.objects
    .filter(({ provider, type }) => provider === 'cloudflare' && type === 'DnsRecord')
    .filter(({ inputs }) => inputs.zoneId === zoneId && (!name || inputs.name === name))
    .map(({ id, inputs }) => ({
      id,
      type: inputs.type,
      name: inputs.name,
      content: contentOf(inputs),
      comment: inputs.comment ?? null,
    }));
}

function contentOf({ content, data }: CloudObject['inputs']): unknown {
  const { flags = 0, tag, value } = (data ?? {}) as Record<string, unknown>;
  return content ?? `${flags} ${tag} "${value}"`;
}
