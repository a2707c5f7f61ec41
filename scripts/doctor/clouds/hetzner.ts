import { type Api, ask, must, refusalOf } from './ask.ts';
import type { Cloud } from './cloud.ts';

/**
 * Hetzner's API (https://docs.hetzner.cloud/reference/cloud). A token belongs to one project, whose name the API does not
 * tell; neither does it tell the project's limits.
 */
export function hetznerCloud(api: Api): Cloud {
  return {
    async whoami() {
      await must(api, '/v1/servers?per_page=1');
      // An SSH key without name and key can never be made: what is refused first is the token, or the key.
      const probe = await ask(api, '/v1/ssh_keys', {});
      const { code } = refusalOf(probe.status, probe.body);
      if (code === 'token_readonly' || probe.status === 403) return { access: 'read' };
      return { access: [400, 422].includes(probe.status) ? 'read-write' : 'unknown' };
    },
    async sees(kind, id) {
      const { status, body } = await ask(api, `/v1/${kind}s/${encodeURIComponent(id)}`);
      if (status !== 200 && status !== 404) throw refusalOf(status, body);
      return status === 200;
    },
    quotas: async () => [],
  };
}
