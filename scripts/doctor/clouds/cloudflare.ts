import { type Api, ask, must, refusalOf } from './ask.ts';
import type { NameServer, SeenRecord } from './cloud.ts';

/** Cloudflare's API (https://developers.cloudflare.com/api/); a token is limited to zones and permissions. */
export function cloudflareNames(api: Api): NameServer {
  const api4 = { ...api, base: `${api.base}/client/v4` };
  const zone = (id: string) => `/zones/${encodeURIComponent(id)}`;
  return {
    async whoami(zoneId) {
      const [verified, probe] = await Promise.all([
        ask(api4, '/user/tokens/verify'),
        // A record without type, name and content can never be made: what is refused first is the token.
        zoneId ? ask(api4, `${zone(zoneId)}/dns_records`, {}) : undefined,
      ]);
      const { status, expires_on } = (verified.body.result ?? {}) as { status?: string; expires_on?: string };
      // A token that an account owns is verified elsewhere, but reads zones all the same.
      const usable = probe?.status === 400 || (await ask(api4, '/zones?per_page=1')).status === 200;
      if (status !== 'active' && !usable) throw refusalOf(verified.status, verified.body);
      return {
        access: probe === undefined ? 'unknown' : probe.status === 400 ? 'read-write' : 'read',
        ...(expires_on ? { remark: `expires ${expires_on.slice(0, 10)}` } : {}),
      };
    },
    async zone(id) {
      const { status, body } = await ask(api4, zone(id));
      if ([400, 403, 404].includes(status)) return undefined;
      if (status !== 200) throw refusalOf(status, body);
      const { name, account } = body.result as { name: string; account?: { name?: string } };
      return { name, account: account?.name };
    },
    async records(zoneId, names) {
      const found = await Promise.all(
        names.map((name) =>
          must(api4, `${zone(zoneId)}/dns_records?per_page=100&name=${encodeURIComponent(name)}`),
        ),
      );
      return found.flatMap(({ result }) =>
        (result as SeenRecord[]).map(({ id, type, name, content }) => ({ id, type, name, content })),
      );
    },
  };
}
