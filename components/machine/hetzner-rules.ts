import { inboundRules, outboundRules } from './digitalocean-rules.ts';

/** A rule of a firewall at Hetzner. https://docs.hetzner.com/cloud/firewalls/overview/ */
interface Rule {
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
  const port = (portRange: string | undefined) => (portRange === undefined ? {} : { port: portRange });
  return [
    ...inboundRules(sshFrom).map(({ protocol, portRange, sourceAddresses }) => ({
      ...{ direction: 'in' as const, protocol, ...port(portRange), sourceIps: sourceAddresses },
    })),
    ...outboundRules(federation, mailPort).map(({ protocol, portRange, destinationAddresses }) => ({
      ...{ direction: 'out' as const, protocol, ...port(portRange), destinationIps: destinationAddresses },
    })),
  ];
}
