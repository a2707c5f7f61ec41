import { isIPv4, isIPv6 } from 'node:net';

/** One record of the lab's DNS; `content` is an address, a name or a text. */
export interface LabRecord {
  name: string;
  type: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'TXT' | 'CAA';
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

/** A text record holds strings of at most 255 bytes; a surrounding pair of quotes belongs to the notation. */
function texts(content: string): string[] {
  const text = content.replace(/^"(.*)"$/, '$1');
  return text.match(/.{1,255}/gs) ?? [''];
}
