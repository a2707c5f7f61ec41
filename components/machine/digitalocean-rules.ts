interface Rule {
  protocol: 'tcp' | 'udp' | 'icmp';
  /** One port or `from-to`; absent for ICMP. */
  portRange?: string;
}

const WORLD = ['0.0.0.0/0', '::/0'];

/**
 * What the cloud firewall lets in: SSH from the ranges in the configuration, the web and ICMP from everywhere.
 * Everything else is dropped. https://docs.digitalocean.com/products/networking/firewalls/
 */
export function inboundRules(sshFrom: readonly string[]): (Rule & { sourceAddresses: string[] })[] {
  return [
    { protocol: 'tcp', portRange: '22', sourceAddresses: [...sshFrom] },
    { protocol: 'tcp', portRange: '80', sourceAddresses: WORLD },
    { protocol: 'tcp', portRange: '443', sourceAddresses: WORLD },
    { protocol: 'icmp', sourceAddresses: WORLD },
  ];
}

/** The same around a fenced machine: SSH alone. */
export function fencedInbound(sshFrom: readonly string[]): (Rule & { sourceAddresses: string[] })[] {
  return inboundRules(sshFrom).filter(({ portRange }) => portRange === '22');
}

/** What a fenced machine may reach. Never an empty list: that some provider or other takes for no list at all. */
export function fencedOutbound(addresses: readonly string[]): (Rule & { destinationAddresses: string[] })[] {
  if (addresses.length === 0)
    throw new Error('a fenced machine reaches nothing: its backups have no address');
  return [{ protocol: 'tcp', portRange: '443', destinationAddresses: [...addresses] }];
}

/**
 * What it lets out. Without a rule a Droplet reaches nothing at all, so every need is written down: names, time, mail,
 * the web (registries, object storage, certificates, Debian); with federation open every TCP port, because other
 * servers choose theirs. Which hosts may be reached while federation is off is the machine's own firewall's matter.
 */
export function outboundRules(
  federation: 'open' | 'off',
  mailPort: number,
): (Rule & { destinationAddresses: string[] })[] {
  const tcp = federation === 'open' ? ['1-65535'] : new Set(['53', '80', '443', String(mailPort)]);
  return [
    ...[...tcp].map((portRange) => ({ protocol: 'tcp' as const, portRange, destinationAddresses: WORLD })),
    { protocol: 'udp', portRange: '53', destinationAddresses: WORLD },
    { protocol: 'udp', portRange: '123', destinationAddresses: WORLD },
    { protocol: 'icmp', destinationAddresses: WORLD },
  ];
}
