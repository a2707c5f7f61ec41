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
      const [servers, keys] = await Promise.all([
        read(`/servers?name=${encodeURIComponent(machine)}`),
        read('/ssh_keys?per_page=50'),
      ]);
      if ((must(servers).servers as unknown[]).length > 0) return true;
      // A key's name ends with its fingerprint.
      return (must(keys).ssh_keys as { name: string }[]).some(({ name }) => name.startsWith(`${machine}-`));
    },
    quotas: async () => [],
  };
}
