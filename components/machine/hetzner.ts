import { createHash } from 'node:crypto';
import { Firewall } from '@pulumi/hcloud/firewall.js';
import { FirewallAttachment } from '@pulumi/hcloud/firewallAttachment.js';
import { PrimaryIp } from '@pulumi/hcloud/primaryIp.js';
import { Rdns } from '@pulumi/hcloud/rdns.js';
import { Server } from '@pulumi/hcloud/server.js';
import { SshKey } from '@pulumi/hcloud/sshKey.js';
import * as pulumi from '@pulumi/pulumi';
import { bare } from '../config/keys.ts';
import type { HetznerMachineConfig } from '../config/types.ts';
import { cloudInit } from './cloud-init.ts';
import { fencedRules, firewallRules, type Rule } from './hetzner-rules.ts';
import type { Boot } from './ignored.ts';
import type { Connection, Machine, MachineArgs } from './machine.ts';
import { rootConnection } from './root-connection.ts';
import { warnIgnored } from './warn-ignored.ts';

/** Exists for x86 and ARM under the same name. */
const IMAGE = 'debian-13';

/** Inputs that would replace the machine; an edit of one is reported, never followed. */
export const keptInputs = ['image', 'location', 'sshKeys', 'userData'];

/**
 * A server with addresses that outlive it, their reverse names, and a cloud firewall that is there before it.
 * https://www.pulumi.com/registry/packages/hcloud/api-docs/server/
 */
export class HetznerMachine extends pulumi.ComponentResource implements Machine {
  readonly address: pulumi.Output<string>;
  readonly address6: pulumi.Output<string | undefined>;
  readonly connection: pulumi.Output<Connection>;
  readonly identity: pulumi.Output<string>;
  readonly firewall: pulumi.Resource;
  readonly server: Server;
  readonly ready: pulumi.Resource[];
  readonly urns: pulumi.Output<string>[] = [];

  constructor(
    name: string,
    args: MachineArgs<HetznerMachineConfig>,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('social-coop:machine:Hetzner', name, {}, options);
    const { machine, keys, protect, hostname } = args;
    const child = { parent: this };
    const labels = { 'managed-by': 'pulumi', machine: name };

    // Names are unique in a project: with the key in its name, another key can be made before this one goes.
    const keyName = `${hostname}-${fingerprint(keys.deployPublicKey)}`;
    const boot: Boot = {
      region: machine.region,
      image: IMAGE,
      sshKeys: [keyName],
      userData: cloudInit(keys),
      carried: keys.carried,
    };
    const key = new SshKey(
      `${name}-key`,
      { name: keyName, publicKey: bare(keys.deployPublicKey), labels },
      child,
    );
    const standing = args.fence ? undefined : this.standing(name, args, labels);
    const rules = firewallRules(args.sshFrom, args.federation, args.mailPort);
    const firewallOf = (rules: pulumi.Input<Rule[]>) =>
      new Firewall(`${name}-firewall`, { name: hostname.replaceAll('.', '-'), rules, labels }, child);
    const first = args.fence ? undefined : firewallOf(rules);
    this.server = new Server(
      `${name}-server`,
      {
        name: hostname,
        image: boot.image,
        location: boot.region,
        serverType: machine.size,
        sshKeys: boot.sshKeys,
        userData: pulumi.secret(boot.userData),
        ...(standing && {
          // From the first moment on: later they would have to wait for the machine to be switched off.
          publicNets: [
            {
              ...{ ipv4Enabled: true, ipv4: standing.ipv4.id.apply(Number) },
              ...{ ipv6Enabled: true, ipv6: standing.ipv6.id.apply(Number) },
            },
          ],
        }),
        // Around a copy the firewall comes later, by an attachment, which this would otherwise undo.
        ...(first ? { firewallIds: [first.id.apply(Number)] } : { ignoreRemoteFirewallIds: true }),
        // CPUs and memory only: a grown disk could never shrink back.
        keepDisk: true,
        // The database archives its last pages on the way down; a copy's archives none.
        shutdownBeforeDeletion: !args.fence,
        deleteProtection: protect,
        rebuildProtection: protect,
        labels,
      },
      {
        ...child,
        dependsOn: [key, ...(args.after ?? [])],
        ignoreChanges: keptInputs,
        additionalSecretOutputs: ['userData'],
        protect,
      },
    );
    const { location, image, sshKeys, userData } = this.server;
    const made = { region: location, image, sshKeys, userData };
    const lasting = standing ? [standing.ipv4, standing.ipv6] : [];
    warnIgnored(this.server, made, boot, [this.server, ...lasting], args.role);

    const address6 = standing ? standing.ipv6.ipAddress.apply(firstOf) : this.server.ipv6Address;
    this.address = standing ? standing.ipv4.ipAddress : this.server.ipv4Address;
    this.address6 = address6;
    this.connection = rootConnection(this.server.ipv4Address, keys);
    this.identity = this.server.id;
    // It closes when the machine knows which addresses it has to reach.
    this.firewall =
      first ??
      this.attach(
        `${name}-firewall-attachment`,
        firewallOf((args.fence as Fence)(this).reaches.apply((to) => fencedRules(args.sshFrom, to))),
      );
    const reverse = standing ? this.reverse(name, standing, address6, args.reverseName) : [];
    this.ready = [this.server, this.firewall, ...reverse];
    this.registerOutputs({ address: this.address, address6: this.address6 });
  }

  /** Addresses that outlive the server: names and other servers' memory of us hang on them. */
  private standing(name: string, args: MachineArgs<HetznerMachineConfig>, labels: Labels): Standing {
    const { machine, hostname, protect } = args;
    const make = (type: 'ipv4' | 'ipv6') =>
      new PrimaryIp(
        `${name}-${type}`,
        {
          name: `${hostname}-${type}`,
          type,
          location: machine.region,
          assigneeType: 'server',
          autoDelete: false,
          deleteProtection: protect,
          labels,
        },
        { parent: this, ignoreChanges: ['location'], protect, dependsOn: args.after },
      );
    return { ipv4: make('ipv4'), ipv6: make('ipv6') };
  }

  private reverse(name: string, { ipv4, ipv6 }: Standing, address6: pulumi.Output<string>, dnsPtr: string) {
    return [
      { type: 'ipv4', primary: ipv4, ipAddress: ipv4.ipAddress },
      { type: 'ipv6', primary: ipv6, ipAddress: address6 },
    ].map(
      ({ type, primary, ipAddress }) =>
        new Rdns(
          `${name}-reverse-${type}`,
          { primaryIpId: primary.id.apply(Number), ipAddress, dnsPtr },
          { parent: this },
        ),
    );
  }

  /** https://www.pulumi.com/registry/packages/hcloud/api-docs/firewallattachment/ */
  private attach(name: string, firewall: Firewall): FirewallAttachment {
    const [firewallId, server] = [firewall.id.apply(Number), this.server.id.apply(Number)];
    return new FirewallAttachment(name, { firewallId, serverIds: [server] }, { parent: this });
  }
}

interface Standing {
  ipv4: PrimaryIp;
  ipv6: PrimaryIp;
}

type Labels = Record<string, string>;
type Fence = NonNullable<MachineArgs['fence']>;

/** The first address of a /64, which is the one a server answers on. https://docs.hetzner.com/cloud/servers/primary-ips/overview/ */
const firstOf = (network: string) => (network.endsWith('::') ? `${network}1` : network);

/** Enough of a key's fingerprint to tell it from the one before. */
function fingerprint(publicKey: string): string {
  const blob = Buffer.from(bare(publicKey).split(' ')[1] ?? '', 'base64');
  return createHash('sha256').update(blob).digest('hex').slice(0, 8);
}
