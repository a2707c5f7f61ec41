import { type Api, ask, must } from '../../../../components/accounts/ask.ts';
import type { Left, Lost } from './types.ts';

interface DnsRecord {
  id: string;
  type: string;
  name: string;
  content?: string;
  comment?: string | null;
}

const ADDRESSES = ['A', 'AAAA', 'CNAME'];

/**
 * Records that point to the lost server, and those it made beside them: a new server makes its own, and Cloudflare takes no
 * twin. https://developers.cloudflare.com/api/resources/dns/subresources/records/
 */
export async function leftAtCloudflare(api: Api, { project, stack, domain, dns, ours }: Lost): Promise<Left> {
  const left: Left = { machines: [], steps: [], keys: [], remarks: [] };
  if (!dns.zoneId) return left;
  const records = `/zones/${encodeURIComponent(dns.zoneId)}/dns_records`;
  const all: DnsRecord[] = [];
  for (let page = 1; ; page++) {
    const body = must(await ask(api, `${records}?per_page=100&page=${page}`));
    all.push(...(body.result as DnsRecord[]));
    if (page >= ((body.result_info as { total_pages?: number } | undefined)?.total_pages ?? 1)) break;
  }
  for (const { id, type, name, content, comment } of all) {
    const made = comment === `Pulumi: ${project} ${stack}`;
    const points = name === domain && ADDRESSES.includes(type);
    if ((!made && !points) || ours.has(id)) continue;
    left.steps.push({
      says: `delete record ${name} ${type} ${content ?? ''}${made ? '' : ', which somebody made by hand'}`,
      act: async () => void must(await ask(api, `${records}/${id}`, undefined, 'DELETE')),
      last: true,
    });
  }
  return left;
}
