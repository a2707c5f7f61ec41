import { isIPv6 } from 'node:net';
import { fencedInbound, fencedOutbound, inboundRules, outboundRules } from './digitalocean-rules.ts';

/** A rule of a firewall at Hetzner. https://docs.hetzner.com/cloud/firewalls/overview/ */
export interface Rule {
  direction: 'in' | 'out';
  protocol: 'tcp' | 'udp' | 'icmp';
  /** One port or `from-to`; absent for ICMP. */
  port?: string;
  sourceIps?: string[];
  destinationIps?: string[];
}

/**
 * The same ways in and out as at the other provider, in Hetzner's form. Those out are written down although Hetzner lets
 * everything leave until there is a first rule: with one, the rest is dropped. Some of its own services (DHCP, its
 * resolvers, the metadata service) stay reachable all the same; the machine's own firewall closes what must be closed.
 */
export function firewallRules(
  sshFrom: readonly string[],
  federation: 'open' | 'off',
  mailPort: number,
): Rule[] {
  return inHetznersForm(inboundRules(sshFrom), outboundRules(federation, mailPort));
}

/** Around a fenced machine: SSH in, port 443 of these addresses out. There is always a rule for leaving, or everything might. */
export function fencedRules(sshFrom: readonly string[], addresses: readonly string[]): Rule[] {
  // Hetzner takes ranges only.
  const ranges = addresses.map((address) => `${address}/${isIPv6(address) ? 128 : 32}`);
  return inHetznersForm(fencedInbound(sshFrom), fencedOutbound(ranges));
}

function inHetznersForm(
  inbound: ReturnType<typeof inboundRules>,
  outbound: ReturnType<typeof outboundRules>,
): Rule[] {
  const port = (portRange: string | undefined) => (portRange === undefined ? {} : { port: portRange });
  return [
    ...inbound.map(({ protocol, portRange, sourceAddresses }) => ({
      ...{ direction: 'in' as const, protocol, ...port(portRange), sourceIps: sourceAddresses },
    })),
    ...outbound.map(({ protocol, portRange, destinationAddresses }) => ({
      ...{ direction: 'out' as const, protocol, ...port(portRange), destinationIps: destinationAddresses },
    })),
  ];
}
