import { createHash } from 'node:crypto';
import { Droplet } from '@pulumi/digitalocean/droplet.js';
import { Firewall } from '@pulumi/digitalocean/firewall.js';
import { ReservedIp } from '@pulumi/digitalocean/reservedIp.js';
import { ReservedIpAssignment } from '@pulumi/digitalocean/reservedIpAssignment.js';
import { SshKey } from '@pulumi/digitalocean/sshKey.js';
import * as pulumi from '@pulumi/pulumi';
import { bare } from '../config/keys.ts';
import type { DigitalOceanMachineConfig } from '../config/types.ts';
import { cloudInit } from './cloud-init.ts';
import { inboundRules, outboundRules } from './digitalocean-rules.ts';
import { type Boot, ignoredBoot, report } from './ignored.ts';
import type { Connection, Machine, MachineArgs, Role } from './machine.ts';

const IMAGE = 'debian-13-x64';

/** Inputs that would replace the machine; an edit of one is reported, never followed. */
export const keptInputs = ['dropletAgent', 'image', 'monitoring', 'region', 'sshKeys', 'userData'];

/**
 * A Droplet with an address that outlives it and a cloud firewall.
 * https://www.pulumi.com/registry/packages/digitalocean/api-docs/droplet/
 */
export class DigitalOceanMachine extends pulumi.ComponentResource implements Machine {
  readonly address: pulumi.Output<string>;
  readonly address6: pulumi.Output<string | undefined>;
  readonly connection: pulumi.Output<Connection>;
  readonly identity: pulumi.Output<string>;
  readonly firewall: Firewall;
  readonly server: Droplet;
  readonly ready: pulumi.Resource[];
  readonly urns: pulumi.Output<string>[];
  private readonly reserved: ReservedIp;

  constructor(
    name: string,
    args: MachineArgs<DigitalOceanMachineConfig>,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('social-coop:machine:DigitalOcean', name, {}, options);
    const { machine, keys, protect } = args;

    const boot: Boot = {
      region: machine.region,
      image: IMAGE,
      sshKeys: [fingerprint(keys.deployPublicKey)],
      userData: cloudInit(keys),
      carried: keys.carried,
    };
    const key = new SshKey(
      `${name}-key`,
      { name: args.hostname, publicKey: bare(keys.deployPublicKey) },
      { parent: this },
    );
    // Before the machine, so that it is destroyed after it: an address cannot go while it is in use.
    this.reserved = new ReservedIp(
      `${name}-address`,
      { region: machine.region },
      { parent: this, ignoreChanges: ['region'], protect, dependsOn: args.after },
    );
    this.server = new Droplet(
      `${name}-droplet`,
      {
        name: args.hostname,
        image: boot.image,
        region: boot.region,
        size: machine.size,
        sshKeys: boot.sshKeys,
        userData: pulumi.secret(boot.userData),
        ipv6: true,
        // Its agents would be a second way in.
        monitoring: false,
        dropletAgent: false,
        // CPUs and memory only: a grown disk could never shrink back.
        resizeDisk: false,
      },
      {
        parent: this,
        dependsOn: [key, this.reserved, ...(args.after ?? [])],
        ignoreChanges: keptInputs,
        additionalSecretOutputs: ['userData'],
        protect,
      },
    );
    const assignment = new ReservedIpAssignment(
      `${name}-assignment`,
      { ipAddress: this.reserved.ipAddress, dropletId: this.server.id.apply(Number) },
      // The provider cannot unassign what is assigned to nothing, and a new assignment moves the address by itself.
      { parent: this, deletedWith: this.server },
    );
    this.firewall = new Firewall(
      `${name}-firewall`,
      {
        name: args.hostname.replaceAll('.', '-'),
        dropletIds: [this.server.id.apply(Number)],
        inboundRules: inboundRules(args.sshFrom),
        outboundRules: outboundRules(args.federation, args.mailPort),
      },
      { parent: this },
    );
    this.warn(args.role, boot);

    this.address = this.reserved.ipAddress;
    this.address6 = this.server.ipv6Address.apply((address) => address || undefined);
    this.connection = pulumi.secret(
      this.server.ipv4Address.apply((host) => ({
        host,
        user: 'root',
        privateKey: keys.deployKey,
        hostKey: bare(keys.hostPublicKey),
      })),
    );
    this.identity = this.server.id;
    this.ready = [assignment, this.firewall];
    this.urns = [this.server.dropletUrn];
    this.registerOutputs({ address: this.address, address6: this.address6 });
  }

  /** The inputs in the state are the old ones while an edit of them is ignored, so that comparing needs no memory of our own. */
  private warn(role: Role, wanted: Boot): void {
    const { region, image, sshKeys, userData } = this.server;
    const urns = pulumi.all([this.server.urn, this.reserved.urn]);
    pulumi.all([region, image, sshKeys, userData, urns]).apply(([region, image, sshKeys, userData, urns]) => {
      const actual = { region, image, sshKeys: sshKeys ?? [], userData: userData ?? '' };
      for (const ignored of ignoredBoot(actual, wanted, urns, role))
        pulumi.log.warn(report(ignored), this.server);
    });
  }
}

/** DigitalOcean's name of a key: the MD5 of its blob. https://docs.digitalocean.com/reference/api/reference/ssh-keys/ */
function fingerprint(publicKey: string): string {
  const blob = Buffer.from(bare(publicKey).split(' ')[1] ?? '', 'base64');
  return createHash('md5').update(blob).digest('hex').match(/../g)?.join(':') ?? '';
}
