import { createHash } from 'node:crypto';
import { Firewall } from '@pulumi/hcloud/firewall.js';
import { PrimaryIp } from '@pulumi/hcloud/primaryIp.js';
import { Rdns } from '@pulumi/hcloud/rdns.js';
import { Server } from '@pulumi/hcloud/server.js';
import { SshKey } from '@pulumi/hcloud/sshKey.js';
import * as pulumi from '@pulumi/pulumi';
import { bare } from '../config/keys.ts';
import type { HetznerMachineConfig } from '../config/types.ts';
import { cloudInit } from './cloud-init.ts';
import { firewallRules } from './hetzner-rules.ts';
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
  readonly firewall: Firewall;
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
    const [ipv4, ipv6] = (['ipv4', 'ipv6'] as const).map(
      (type) =>
        new PrimaryIp(
          `${name}-${type}`,
          {
            name: `${hostname}-${type}`,
            type,
            location: machine.region,
            assigneeType: 'server',
            // They outlive the server: names and other servers' memory of us hang on them.
            autoDelete: false,
            deleteProtection: protect,
            labels,
          },
          { ...child, ignoreChanges: ['location'], protect, dependsOn: args.after },
        ),
    ) as [PrimaryIp, PrimaryIp];
    this.firewall = new Firewall(
      `${name}-firewall`,
      {
        name: hostname.replaceAll('.', '-'),
        rules: firewallRules(args.sshFrom, args.federation, args.mailPort),
        labels,
      },
      child,
    );
    this.server = new Server(
      `${name}-server`,
      {
        name: hostname,
        image: boot.image,
        location: boot.region,
        serverType: machine.size,
        sshKeys: boot.sshKeys,
        userData: pulumi.secret(boot.userData),
        // From the first moment on: later they would have to wait for the machine to be switched off.
        publicNets: [
          { ipv4Enabled: true, ipv4: ipv4.id.apply(Number), ipv6Enabled: true, ipv6: ipv6.id.apply(Number) },
        ],
        firewallIds: [this.firewall.id.apply(Number)],
        // CPUs and memory only: a grown disk could never shrink back.
        keepDisk: true,
        // The database archives its last pages on the way down.
        shutdownBeforeDeletion: true,
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
    const address6 = ipv6.ipAddress.apply(firstOf);
    const reverse = [
      { type: 'ipv4', primary: ipv4, ipAddress: ipv4.ipAddress },
      { type: 'ipv6', primary: ipv6, ipAddress: address6 },
    ].map(
      ({ type, primary, ipAddress }) =>
        new Rdns(
          `${name}-reverse-${type}`,
          { primaryIpId: primary.id.apply(Number), ipAddress, dnsPtr: args.reverseName },
          child,
        ),
    );
    const { location, image, sshKeys, userData } = this.server;
    const made = { region: location, image, sshKeys, userData };
    warnIgnored(this.server, made, boot, [this.server, ipv4, ipv6], args.role);

    this.address = ipv4.ipAddress;
    this.address6 = address6;
    this.connection = rootConnection(this.server.ipv4Address, keys);
    this.identity = this.server.id;
    this.ready = [this.server, this.firewall, ...reverse];
    this.registerOutputs({ address: this.address, address6: this.address6 });
  }
}

/** The first address of a /64, which is the one a server answers on. https://docs.hetzner.com/cloud/servers/primary-ips/overview/ */
const firstOf = (network: string) => (network.endsWith('::') ? `${network}1` : network);

/** Enough of a key's fingerprint to tell it from the one before. */
function fingerprint(publicKey: string): string {
  const blob = Buffer.from(bare(publicKey).split(' ')[1] ?? '', 'base64');
  return createHash('sha256').update(blob).digest('hex').slice(0, 8);
}
