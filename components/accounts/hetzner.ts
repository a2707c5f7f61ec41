import { firewallName } from '../machine/hostname.ts';
import { type Api, ask, must, reader, refusalOf } from './ask.ts';
import type { Cloud } from './types.ts';

/**
 * Hetzner's API (https://docs.hetzner.cloud/reference/cloud). A token belongs to one project, whose name the API does not
 * tell; neither does it tell the project's limits.
 */
export function hetznerCloud(api: Api): Cloud {
  const read = reader(api);
  return {
    async whoami() {
      const [seen, probe] = await Promise.all([
        read('/servers?per_page=1'),
        // An SSH key without name and key can never be made: what is refused first is the token, or the key.
        ask(api, '/ssh_keys', {}),
      ]);
      must(seen);
      const { code } = refusalOf(probe.status, probe.body);
      if (['token_readonly', 'forbidden'].includes(code)) return { access: 'read' };
      return { access: [400, 422].includes(probe.status) ? 'read-write' : 'unknown' };
    },
    async sees(kind, id) {
      const { status, body } = await read(`/${kind}s/${encodeURIComponent(id)}`);
      if (status !== 200 && status !== 404) throw refusalOf(status, body);
      return status === 200;
    },
    async holds(machine) {
      const named = (kind: string, name: string) => read(`/${kind}?name=${encodeURIComponent(name)}`);
      const [servers, firewalls] = await Promise.all([
        named('servers', machine),
        named('firewalls', firewallName(machine)),
      ]);
      const found = [must(servers).servers, must(firewalls).firewalls] as unknown[][];
      return found.some((list) => list.length > 0);
    },
    quotas: async () => [],
  };
}
