import { randomBytes } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { ApiError } from '../api-error.ts';
import { publishNames } from '../names.ts';
import type { CloudObject, Context, Kind, Properties } from '../types.ts';

const types = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'CAA'];
const refused = (code: number, message: string) => new ApiError(400, message, String(code));

// https://developers.cloudflare.com/api/resources/dns/subresources/records/methods/create/
function refuse(context: Context, inputs: Properties, self?: string): void {
  const { type, name, content, ttl, data, proxied } = inputs as Properties & { type: string; name: string };
  const zone = context.account.zones?.find(({ id }) => id === inputs.zoneId);
  if (!zone) {
    throw new ApiError(
      404,
      'Could not route to /zones/…/dns_records, perhaps your object identifier is invalid?',
      '7003',
    );
  }
  if (!types.includes(type))
    throw refused(9004, `Invalid DNS record type ${type} (the lab serves ${types.join(', ')})`);
  const labels = /^(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9-]+$/i;
  if (!labels.test(name) || !(name === zone.name || name.endsWith(`.${zone.name}`))) {
    throw refused(9000, `DNS name is invalid: ${name} is no fully qualified name in zone ${zone.name}`);
  }
  if (type === 'A' && !isIPv4(String(content)))
    throw refused(9005, 'Content for A record must be a valid IPv4 address.');
  if (type === 'AAAA' && !isIPv6(String(content)))
    throw refused(9006, 'Content for AAAA record must be a valid IPv6 address.');
  const parts = data as { flags?: unknown; tag?: string; value?: string } | undefined;
  if (type === 'CAA' && !(parts?.tag && parts.value !== undefined)) {
    throw refused(9103, 'CAA records need data: flags, tag, value.');
  }
  if (type !== 'CAA' && !content) throw refused(9101, `content is required for ${type} records`);
  if (type === 'MX') refuseMx(content, inputs.priority);
  if (type === 'TXT') refuseText(String(content));
  const seconds = Number(ttl);
  if (seconds !== 1 && !(seconds >= 60 && seconds <= 86_400)) {
    throw refused(9021, 'Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.');
  }
  if (proxied === true) throw refused(9041, 'The lab has no proxy: proxied records cannot be served.');
  refuseTwins(context, inputs, self);
}

function refuseMx(content: unknown, priority: unknown): void {
  const host = String(content);
  if (isIPv4(host) || !/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+$/i.test(host))
    throw refused(9009, 'Content for MX record must be a valid hostname.');
  if (!Number.isInteger(priority) || Number(priority) < 0 || Number(priority) > 65_535)
    throw refused(9100, 'MX record needs a priority between 0 and 65535.');
}

/** https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/#txt */
function refuseText(content: string): void {
  if (content.length > 2048) throw refused(9207, 'Content for TXT record must be at most 2048 characters.');
  const strings = /^"[^"]*"( "[^"]*")*$/.test(content) ? [...content.matchAll(/"([^"]*)"/g)] : undefined;
  if (content.includes('"') && !strings)
    throw refused(9207, 'Content for TXT record has quotes that do not belong together.');
  if (strings?.some(([, text = '']) => text.length > 255))
    throw refused(9207, 'A string of a TXT record must be at most 255 characters.');
}

function refuseTwins(context: Context, inputs: Properties, self?: string): void {
  const beside = context
    .list('DnsRecord')
    .filter(
      (other) =>
        other.id !== self && other.inputs.zoneId === inputs.zoneId && other.inputs.name === inputs.name,
    );
  const same = (other: CloudObject) =>
    other.inputs.type === inputs.type &&
    JSON.stringify([other.inputs.content, other.inputs.data]) ===
      JSON.stringify([inputs.content, inputs.data]);
  if (beside.some(same)) throw refused(81058, 'An identical record already exists.');
  if (beside.some((other) => (other.inputs.type === 'CNAME') !== (inputs.type === 'CNAME'))) {
    throw refused(81053, 'An A, AAAA, or CNAME record with that host already exists.');
  }
}

/** https://www.pulumi.com/registry/packages/cloudflare/api-docs/dnsrecord/ */
export const dnsRecord: Kind = {
  plan(context, inputs) {
    refuse(context, inputs);
    const now = new Date().toISOString();
    const outputs = {
      createdOn: now,
      modifiedOn: now,
      proxiable: ['A', 'AAAA', 'CNAME'].includes(String(inputs.type)),
      meta: '{}',
    };
    return { id: randomBytes(16).toString('hex'), inputs, outputs, hidden: {} };
  },
  realise: publishNames,
  async update(context, object, inputs) {
    refuse(context, inputs, object.id);
    object.inputs = inputs;
    object.outputs.modifiedOn = new Date().toISOString();
    await publishNames(context);
  },
  remove: publishNames,
};
