import type { DnsRecord } from './backends.ts';
import { inOrder } from './in-order.ts';
import type { CloudObject, Context, Properties } from './types.ts';

const queue = inOrder();

/** Serves what all clouds together say: Cloudflare's records, and the reverse names of Hetzner's addresses. */
export const publishNames = (context: Context): Promise<void> =>
  queue(() =>
    context.backends.names.writeRecords([
      ...context.everywhere('cloudflare', 'DnsRecord').map(forward),
      ...context
        .everywhere('hcloud', 'Rdns')
        .filter(({ inputs }) => hasAddress(context, inputs))
        .map(({ inputs }) => reverse(inputs)),
    ]),
  );

function forward({ inputs }: CloudObject): DnsRecord {
  const { type, name, content, data, priority } = inputs as Properties &
    DnsRecord & { data?: DnsRecord['caa'] };
  return {
    name,
    type,
    ...(content === undefined ? {} : { content }),
    ...(priority === undefined ? {} : { priority }),
    ...(type === 'CAA' && data ? { caa: { ...data, flags: Number(data.flags ?? 0) } } : {}),
  };
}

const reverse = ({ ipAddress, dnsPtr }: Properties): DnsRecord => ({
  name: String(ipAddress),
  type: 'PTR',
  content: String(dnsPtr),
});

/** A name goes with its address. */
const hasAddress = (context: Context, { primaryIpId, serverId }: Properties) =>
  context
    .everywhere('hcloud', serverId === undefined ? 'PrimaryIp' : 'Server')
    .some(({ id }) => id === String(serverId ?? primaryIpId));
