export interface MachineSpec {
  /** The cloud's id of the server; names the container `coop-lab-<id>`. */
  id: string;
  /** Hostname. */
  name: string;
  /** Fixed; the cloud firewall knows a machine by it. */
  mac: string;
  /** '' when its cloud took the address away. */
  ip4: string;
  /** Absent: the machine has no public IPv6 address, as a droplet without `ipv6: true`. */
  ip6?: string;
  memoryMb: number;
  vcpus: number;
  /** Size of the disk under /var in GB, sparse on the host; default 25. */
  diskGb?: number;
  userData: string;
  /** OpenSSH public keys that log in as root. */
  sshKeys: string[];
}

export type MachineState = 'running' | 'stopped' | 'frozen' | 'missing';

export interface FirewallRule {
  protocol: 'tcp' | 'udp' | 'icmp';
  /** `22` or `1-65535`; absent: every port. */
  ports?: string;
  /** CIDRs: sources of an inbound rule, destinations of an outbound one. */
  addresses: string[];
}

/** What a cloud firewall lets through; everything else is dropped. */
export interface FirewallRules {
  inbound: FirewallRule[];
  outbound: FirewallRule[];
}
