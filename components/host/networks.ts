import ipaddr from 'ipaddr.js';
import type { StackConfig } from '../config/types.ts';

export interface Subnet {
  subnet: string;
  gateway: string;
}

/** Networks of the machine's containers, cut from the ranges in the configuration. */
export interface Networks {
  /** Docker's default bridge; nothing of ours is on it. */
  bridge: Subnet;
  /** Containers with a way out. */
  out: Subnet;
  out6: Subnet;
  /** Database and Redis: no way out. */
  internal: Subnet;
  /** The database's own address in it, far from those that Docker gives away. */
  database: string;
}

const text = (number: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

function v4(range: string, index: number, last = 254): Subnet & { last: string } {
  const [address] = ipaddr.IPv4.parseCIDR(range);
  const bytes = address.toByteArray();
  const base = bytes.reduce((number, byte) => number * 256 + byte, 0) + index * 256;
  return { subnet: `${text(base)}/24`, gateway: text(base + 1), last: text(base + last) };
}

function v6(range: string, index: number): Subnet {
  const [address] = ipaddr.IPv6.parseCIDR(range);
  const parts = [...address.parts];
  parts[3] = (parts[3] as number) + index;
  const text = (last: number) => new ipaddr.IPv6([...parts.slice(0, 7), last]).toString();
  return { subnet: `${text(0)}/64`, gateway: text(1) };
}

export function networks(config: Pick<StackConfig, 'containerRange' | 'containerRange6'>): Networks {
  const subnet = (index: number): Subnet => {
    const { last: _, ...rest } = v4(config.containerRange, index);
    return rest;
  };
  return {
    bridge: subnet(0),
    out: subnet(1),
    out6: v6(config.containerRange6, 1),
    internal: subnet(2),
    database: v4(config.containerRange, 2).last,
  };
}

/** The app's addresses in the internal network, where they must be known: beyond those that Docker gives away. */
export function appAddress({ containerRange }: Pick<StackConfig, 'containerRange'>, index: number): string {
  return v4(containerRange, 2, 101 + index).last;
}
