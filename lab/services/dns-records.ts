import { isIPv4, isIPv6 } from 'node:net';

/** One record of the lab's DNS; `content` is an address, a name or a text. */
export interface LabRecord {
  /** Of a PTR record, the address. */
  name: string;
  type: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'TXT' | 'CAA' | 'PTR';
  content?: string;
  /** MX only. */
  priority?: number;
  /** CAA only. */
  caa?: { flags: number; tag: string; value: string };
}

/** A name that cannot carry another line or option into the configuration. */
function safeName(name: string | undefined): string {
  const plain = (name ?? '').toLowerCase().replace(/\.$/, '');
  if (!/^(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/.test(plain))
    throw new Error(`"${name}" is no DNS name — record of the lab's DNS — give a fully qualified name`);
  return plain;
}

function safeAddress(record: LabRecord): string {
  const address = record.content ?? '';
  if (!(record.type === 'A' ? isIPv4(address) : isIPv6(address)))
    throw new Error(`"${address}" is no address for ${record.type} — ${record.name} — give an IP address`);
  return address;
}

/** Quoted for dnsmasq, which has no escape for a quote or a line's end. */
function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these would break out of the line
  if (/["\\\u0000-\u001f]/.test(text))
    throw new Error(`a text with quotes or control characters — ${text} — leave them out`);
  return `"${text}"`;
}

/** Addresses, in the form of /etc/hosts: re-read on a signal. */
export function renderHosts(records: LabRecord[]): string {
  return records
    .filter((record) => record.type === 'A' || record.type === 'AAAA')
    .map((record) => `${safeAddress(record)} ${safeName(record.name)}\n`)
    .sort()
    .join('');
}

/** Everything else, as dnsmasq's configuration: a change restarts it, which takes milliseconds. */
export function renderOther(records: LabRecord[]): string {
  return records.map(optionOf).filter(Boolean).sort().join('');
}

function optionOf(record: LabRecord): string {
  // Before the answer dnsmasq makes up from an address record.
  if (record.type === 'PTR') return `ptr-record=${reverseName(record.name)},${safeName(record.content)}\n`;
  const name = safeName(record.name);
  if (record.type === 'CNAME') return `cname=${name},${safeName(record.content)}\n`;
  if (record.type === 'MX')
    return `mx-host=${name},${safeName(record.content)},${Number(record.priority ?? 10)}\n`;
  if (record.type === 'TXT')
    return `txt-record=${name},${texts(record.content ?? '')
      .map(quoted)
      .join(',')}\n`;
  if (record.type !== 'CAA') return '';
  const { flags, tag, value } = record.caa ?? { flags: 0, tag: 'issue', value: '' };
  return `caa-record=${name},${Number(flags)},${safeName(tag)},${quoted(value)}\n`;
}

/** The name under which an address's own name is asked for. */
export function reverseName(address: string): string {
  if (isIPv4(address)) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  if (!isIPv6(address)) throw new Error(`"${address}" is no address — PTR record — give an IP address`);
  // The URL parser writes an address in its shortest form, with at most one gap of zeros.
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail] = short.split('::').map((half) => (half ? half.split(':') : []));
  const gap = tail === undefined ? [] : Array(8 - head.length - tail.length).fill('0');
  const groups = [...head, ...gap, ...(tail ?? [])].map((group) => group.padStart(4, '0'));
  return `${[...groups.join('')].toReversed().join('.')}.ip6.arpa`;
}

/** A text record holds strings of at most 255 bytes; quotes around each belong to the notation. */
function texts(content: string): string[] {
  const strings = /^"[^"]*"( "[^"]*")*$/.test(content)
    ? [...content.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text)
    : [content];
  return strings.flatMap((text) => text.match(/.{1,255}/gs) ?? ['']);
}
