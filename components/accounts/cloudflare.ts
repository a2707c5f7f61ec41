import { type Api, ask, must, reader, refusalOf } from './ask.ts';
import type { NameServer, SeenRecord } from './types.ts';

/** Cloudflare's API (https://developers.cloudflare.com/api/); a token is limited to zones and permissions. */
export function cloudflareNames(api: Api): NameServer {
  const read = reader(api);
  const zone = (id: string) => `/zones/${encodeURIComponent(id)}`;
  return {
    async whoami(zoneId) {
      const [verified, seen, probe] = await Promise.all([
        read('/user/tokens/verify'),
        zoneId ? read(zone(zoneId)) : undefined,
        // A record without type, name and content can never be made: what is refused first is the token.
        zoneId ? ask(api, `${zone(zoneId)}/dns_records`, {}) : undefined,
      ]);
      const { status, expires_on } = (verified.body.result ?? {}) as { status?: string; expires_on?: string };
      const mayWrite = probe?.status === 400;
      // A token that an account owns is verified elsewhere, but reads zones all the same.
      const usable =
        mayWrite ||
        seen?.status === 200 ||
        status === 'active' ||
        (await read('/zones?per_page=1')).status === 200;
      if (!usable) throw refusalOf(verified.status, verified.body);
      return {
        // Of a zone that it does not see nothing can be told.
        access: mayWrite ? 'read-write' : seen?.status === 200 ? 'read' : 'unknown',
        ...(expires_on ? { remark: `expires ${expires_on.slice(0, 10)}` } : {}),
      };
    },
    async zone(id) {
      const { status, body } = await read(zone(id));
      if ([400, 403, 404].includes(status)) return undefined;
      if (status !== 200) throw refusalOf(status, body);
      const { name, account } = body.result as { name: string; account?: { name?: string } };
      return { name, account: account?.name };
    },
    async records(zoneId, names) {
      const found = await Promise.all(
        names.map(async (name) =>
          must(await read(`${zone(zoneId)}/dns_records?per_page=100&name=${encodeURIComponent(name)}`)),
        ),
      );
      return found.flatMap(({ result }) =>
        (result as SeenRecord[]).map(({ id, type, name, content }) => ({ id, type, name, content })),
      );
    },
  };
}
