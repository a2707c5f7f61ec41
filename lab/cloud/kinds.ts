import { dnsRecord } from './cloudflare/dns-record.ts';
import { droplet } from './digitalocean/droplet.ts';
import { firewall } from './digitalocean/firewall.ts';
import { project, projectResources } from './digitalocean/project.ts';
import { reservedIp, reservedIpAssignment } from './digitalocean/reserved-ip.ts';
import { spacesBucket } from './digitalocean/spaces-bucket.ts';
import { spacesKey } from './digitalocean/spaces-key.ts';
import { spacesBucketCors, spacesBucketPolicy } from './digitalocean/spaces-policy.ts';
import { sshKey } from './digitalocean/ssh-key.ts';
import { firewallAttachment, firewall as hetznerFirewall } from './hcloud/firewall.ts';
import { primaryIp } from './hcloud/primary-ip.ts';
import { rdns } from './hcloud/rdns.ts';
import { server } from './hcloud/server.ts';
import { sshKey as hetznerSshKey } from './hcloud/ssh-key.ts';
import type { Kind } from './types.ts';

/** Every type of resource the lab's clouds have, by provider. */
export const kinds: Record<string, Record<string, Kind>> = {
  digitalocean: {
    Droplet: droplet,
    Firewall: firewall,
    Project: project,
    ProjectResources: projectResources,
    ReservedIp: reservedIp,
    ReservedIpAssignment: reservedIpAssignment,
    SpacesBucket: spacesBucket,
    SpacesBucketCorsConfiguration: spacesBucketCors,
    SpacesBucketPolicy: spacesBucketPolicy,
    SpacesKey: spacesKey,
    SshKey: sshKey,
  },
  cloudflare: { DnsRecord: dnsRecord },
  hcloud: {
    Firewall: hetznerFirewall,
    FirewallAttachment: firewallAttachment,
    PrimaryIp: primaryIp,
    Rdns: rdns,
    Server: server,
    SshKey: hetznerSshKey,
  },
};
