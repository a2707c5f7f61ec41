import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A range of addresses in CIDR notation, taken apart. */
export interface Range {
  text: string;
  kind: 'ipv4' | 'ipv6';
  bytes: number[];
  prefix: number;
}

/** Reads `address/prefix`; a string is the reason why it is not a range. */
export function parseRange(text: string): Range | string {
  // Only the usual notations: ipaddr.js would also take octal, hexadecimal and shortened IPv4.
  const match = /^([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)\/([0-9]{1,3})$/.exec(text);
  if (!match?.[1] || !match[2]) {
    return ipaddr.isValid(text) ? 'has no prefix length' : 'is not a range of addresses in CIDR notation';
  }
  const prefix = Number(match[2]);
  let address: Address;
  try {
    address = ipaddr.parse(match[1]);
  } catch {
    return 'is not a range of addresses in CIDR notation';
  }
  const bytes = address.toByteArray();
  if (prefix > bytes.length * 8) return `has a prefix longer than ${bytes.length * 8} bits`;
  const range: Range = { text, kind: address.kind(), bytes, prefix };
  return network(range).every((byte, index) => byte === bytes[index])
    ? range
    : `has bits set behind its prefix (the network is ${networkOf(range)})`;
}

/** Whether two ranges share an address. */
export function overlap(a: Range, b: Range): boolean {
  if (a.kind !== b.kind) return false;
  const prefix = Math.min(a.prefix, b.prefix);
  const other = network({ ...b, prefix });
  return network({ ...a, prefix }).every((byte, index) => byte === other[index]);
}

/** Whether every address of `inner` lies in `outer`. */
export function contains(outer: Range, inner: Range): boolean {
  return inner.prefix >= outer.prefix && overlap(outer, inner);
}

/** A range that is written in the program; throws when it is not one. */
export function range(text: string): Range {
  const parsed = parseRange(text);
  if (typeof parsed === 'string') throw new Error(`${text} ${parsed}`);
  return parsed;
}

function network(range: Range): number[] {
  return range.bytes.map((byte, index) => {
    const bits = Math.min(8, Math.max(0, range.prefix - index * 8));
    return byte & (0xff00 >> bits) & 0xff;
  });
}

function networkOf(range: Range): string {
  return `${ipaddr.fromByteArray(network(range)).toString()}/${range.prefix}`;
}
