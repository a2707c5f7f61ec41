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
import { fencedInbound, fencedOutbound, inboundRules, outboundRules } from './digitalocean-rules.ts';
import type { Boot } from './ignored.ts';
import type { Connection, Machine, MachineArgs } from './machine.ts';
import { rootConnection } from './root-connection.ts';
import { warnIgnored } from './warn-ignored.ts';

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
    const reserved = args.fence
      ? undefined
      : new ReservedIp(
          `${name}-address`,
          { region: machine.region },
          { parent: this, ignoreChanges: ['region'], protect, dependsOn: args.after },
        );
    const standing = reserved ? [reserved] : [];
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
        dependsOn: [key, ...standing, ...(args.after ?? [])],
        ignoreChanges: keptInputs,
        additionalSecretOutputs: ['userData'],
        protect,
      },
    );
    const assignments = standing.map(
      ({ ipAddress }) =>
        new ReservedIpAssignment(
          `${name}-assignment`,
          { ipAddress, dropletId: this.server.id.apply(Number) },
          // The provider cannot unassign what is assigned to nothing, and a new assignment moves the address by itself.
          { parent: this, deletedWith: this.server },
        ),
    );
    this.address = reserved?.ipAddress ?? this.server.ipv4Address;
    this.address6 = this.server.ipv6Address.apply((address) => address || undefined);
    this.connection = rootConnection(this.server.ipv4Address, keys);
    this.identity = this.server.id;
    const rules = this.rules(args);
    this.firewall = new Firewall(
      `${name}-firewall`,
      {
        name: args.hostname.replaceAll('.', '-'),
        dropletIds: [this.server.id.apply(Number)],
        ...rules,
      },
      { parent: this },
    );
    warnIgnored(this.server, this.server, boot, [this.server, ...standing], args.role);

    this.ready = [...assignments, this.firewall];
    this.urns = [this.server.dropletUrn];
    this.registerOutputs({ address: this.address, address6: this.address6 });
  }

  /** Around a fenced machine the firewall closes when the machine knows which addresses it has to reach. */
  private rules({ fence, sshFrom, federation, mailPort }: MachineArgs) {
    if (!fence)
      return { inboundRules: inboundRules(sshFrom), outboundRules: outboundRules(federation, mailPort) };
    return { inboundRules: fencedInbound(sshFrom), outboundRules: fence(this).reaches.apply(fencedOutbound) };
  }
}

/** DigitalOcean's name of a key: the MD5 of its blob. https://docs.digitalocean.com/reference/api/reference/ssh-keys/ */
function fingerprint(publicKey: string): string {
  const blob = Buffer.from(bare(publicKey).split(' ')[1] ?? '', 'base64');
  return createHash('md5').update(blob).digest('hex').match(/../g)?.join(':') ?? '';
}
