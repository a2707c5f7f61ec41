import { isIPv6 } from 'node:net';
import { gateway } from '../services/addresses.ts';
import { metadata, network, table } from './names.ts';
import type { FirewallRule, FirewallRules } from './types.ts';

const bridge = `"${network.bridge}"`;
const neighbours =
  'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert, ' +
  'mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report } accept';
/** A reset ends a connection attempt at once; an ICMP error would be believed only at the second attempt, a second later. */
const rejected = (match: string) => [
  `${match} meta l4proto tcp reject with tcp reset`.trim(),
  `${match} reject with icmpx type admin-prohibited`.trim(),
];

/** What holds for every machine: no way out of the lab, and the way into each machine's own two chains. */
const baseChains: Record<string, string[]> = {
  prerouting: [
    'type nat hook prerouting priority -100; policy accept;',
    `iifname ${bridge} ip daddr ${metadata.address} tcp dport 80 dnat ip to ${gateway.v4}:${metadata.port}`,
  ],
  forward: [
    'type filter hook forward priority -10; policy accept;',
    `iifname != ${bridge} oifname != ${bridge} accept`,
    ...rejected(`oifname != ${bridge}`),
    `iifname != ${bridge} drop`,
    'ct state established,related accept',
    neighbours,
    'ether saddr vmap @leaving',
    'ether daddr vmap @entering',
  ],
  input: [
    'type filter hook input priority -10; policy accept;',
    `iifname != ${bridge} accept`,
    'ct state established,related accept',
    neighbours,
    `ct original ip daddr ${metadata.address} accept`,
    ...rejected(`ip daddr != { ${network.subnet4}, 224.0.0.0/4, 255.255.255.255 }`),
    ...rejected(`ip6 daddr != { ${network.subnet6}, fe80::/10, ff00::/8 }`),
    'ether saddr vmap @leaving',
  ],
  output: [
    'type filter hook output priority -10; policy accept;',
    `oifname != ${bridge} accept`,
    'ct state established,related accept',
    neighbours,
    // The host's own packets have no link-layer header yet: machines are told apart by the addresses they hold.
    'ip6 daddr fe80::/10 drop',
    'ip daddr vmap @entering4',
    'ip6 daddr vmap @entering6',
  ],
};

const maps = {
  leaving: 'ether_addr',
  entering: 'ether_addr',
  entering4: 'ipv4_addr',
  entering6: 'ipv6_addr',
};

/** The table itself; loading it again keeps every machine's chains. */
export function baseRuleset(): string {
  const lines = [`add table inet ${table}`];
  for (const [name, key] of Object.entries(maps))
    lines.push(`add map inet ${table} ${name} { type ${key} : verdict; }`);
  for (const [name, [hook, ...rules]] of Object.entries(baseChains)) {
    lines.push(`add chain inet ${table} ${name} { ${hook} }`, `flush chain inet ${table} ${name}`);
    for (const rule of rules) lines.push(`add rule inet ${table} ${name} ${rule}`);
  }
  return `${lines.join('\n')}\n`;
}

const macPattern = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** Names of a machine's chains. */
export function chainsOf(mac: string): { inbound: string; outbound: string } {
  if (!macPattern.test(mac)) throw new Error(`not a MAC address — ${mac} — six lower-case pairs with colons`);
  const key = mac.replaceAll(':', '');
  return { inbound: `in_${key}`, outbound: `out_${key}` };
}

/** Which chains a packet of each machine passes: the whole of the maps, in one transaction. */
export function mapsRuleset(machines: { mac: string; ip4s: string[]; ip6s: string[] }[]): string {
  const lines = Object.keys(maps).map((name) => `flush map inet ${table} ${name}`);
  for (const { mac, ip4s, ip6s } of machines) {
    const { inbound, outbound } = chainsOf(mac);
    const add = (map: string, key: string, chain: string) =>
      lines.push(`add element inet ${table} ${map} { ${key} : jump ${chain} }`);
    lines.push(`add chain inet ${table} ${inbound}`, `add chain inet ${table} ${outbound}`);
    add('leaving', mac, outbound);
    add('entering', mac, inbound);
    for (const address of ip4s) add('entering4', address, inbound);
    for (const address of ip6s) add('entering6', address, inbound);
  }
  return `${lines.join('\n')}\n`;
}

/** One machine's firewall, replacing the one before in one transaction; undefined lets everything pass. */
export function machineRuleset(mac: string, rules: FirewallRules | undefined): string {
  const { inbound, outbound } = chainsOf(mac);
  const lines: string[] = [];
  const fill = (chain: string, list: string[] | undefined) => {
    lines.push(`add chain inet ${table} ${chain}`, `flush chain inet ${table} ${chain}`);
    for (const rule of list ? [...list, 'drop'] : []) lines.push(`add rule inet ${table} ${chain} ${rule}`);
  };
  fill(
    inbound,
    rules?.inbound.flatMap((rule) => allowRules(rule, 'saddr')),
  );
  fill(
    outbound,
    rules?.outbound.flatMap((rule) => allowRules(rule, 'daddr')),
  );
  return `${lines.join('\n')}\n`;
}

/** Removes a machine's chains; the maps must not name them any more. */
export function removalRuleset(mac: string): string {
  return Object.values(chainsOf(mac))
    .map((chain) => `add chain inet ${table} ${chain}\ndelete chain inet ${table} ${chain}\n`)
    .join('');
}

const portsPattern = /^\d{1,5}(-\d{1,5})?$/;

/** One rule per address: overlapping ranges would be refused in one set. */
function allowRules(rule: FirewallRule, side: 'saddr' | 'daddr'): string[] {
  if (rule.ports !== undefined && !portsPattern.test(rule.ports))
    throw new Error(`not a port or range — "${rule.ports}" — as 22 or 8000-9000`);
  return rule.addresses.map((cidr) => {
    const six = isIPv6(cidr.split('/')[0] as string);
    const where = `ip${six ? '6' : ''} ${side} ${cidr}`;
    if (rule.protocol === 'icmp') return `${where} meta l4proto ${six ? 'ipv6-icmp' : 'icmp'} return`;
    const what = rule.ports ? `${rule.protocol} dport ${rule.ports}` : `meta l4proto ${rule.protocol}`;
    return `${where} ${what} return`;
  });
}
