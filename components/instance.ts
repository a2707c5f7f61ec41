import * as pulumi from '@pulumi/pulumi';
import type { MachineConfig, StackConfig } from './config.ts';
import { makeNames } from './dns/index.ts';
import { Apply } from './host/apply.ts';
import { Group } from './machine/group.ts';
import { hostnameOf } from './machine/hostname.ts';
import { carriedKeys } from './machine/ignored.ts';
import { makeMachine } from './machine/index.ts';
import type { Machine, Reached, Role } from './machine/machine.ts';
import { describeMachine, type MachineOutputs } from './machine/outputs.ts';
import { type Kit, makeKit } from './recovery/kit.ts';
import { pinnedAddresses } from './restore/machine.ts';
import type { Buckets } from './storage/buckets.ts';
import { bucketsWithoutKeys, makeBuckets } from './storage/index.ts';

export interface InstanceArgs {
  /** Validated configuration of the stack. */
  config: StackConfig;
  /** The same as the engine hands it over, for the recovery kit. */
  raw: Readonly<Record<string, string>>;
  /** Pulumi stack. */
  stack: string;
  /** Takes over buckets that are there already. Default false. */
  adopt?: boolean;
}

/** A Mastodon instance: its machines, buckets and names, and the host tree laid on each machine. */
export class Instance extends pulumi.ComponentResource {
  /** Public IPv4 address: the primary's. */
  readonly address: pulumi.Output<string>;
  /** Public IPv6 address. */
  readonly address6: pulumi.Output<string | undefined>;
  /** Where the instance is. */
  readonly url: pulumi.Output<string>;
  /** Names of the buckets as they are, whatever the configuration says. */
  readonly buckets: pulumi.Output<{ media: string; backups: string }>;
  /** Command an admin logs in with, to the primary. */
  readonly ssh: pulumi.Output<string>;
  /** How each machine is reached, by its role. */
  readonly machines: pulumi.Output<{ [role in Role]?: MachineOutputs }>;
  /** DNS records somebody has to set by hand; empty where the stack sets them. */
  readonly dnsByHand: pulumi.Output<string[]>;
  /** What `coop recover` needs, secrets in clear; itself a secret. */
  readonly recovery: pulumi.Output<Kit>;

  private readonly instance: string;
  private readonly args: InstanceArgs;

  constructor(name: string, args: InstanceArgs, options?: pulumi.ComponentResourceOptions) {
    super('social-coop:index:Instance', name, {}, options);
    this.instance = name;
    this.args = args;
    const { config, stack } = args;
    const parent = { parent: this };
    const group = usesDigitalOcean(config)
      ? new Group(
          `${name}-group`,
          { title: config.restore ? `${config.domain} (${stack})` : config.domain, stack },
          parent,
        )
      : undefined;

    const primary = this.machine('primary', group);
    const secondary = config.secondary && this.machine('secondary', group);
    const buckets = makeBuckets(`${name}-storage`, { ...args, after: members(group) }, parent);
    group?.hold(`${name}-group`, [...primary.urns, ...(secondary?.urns ?? []), ...buckets.urns]);

    const { address, address6 } = primary;
    const names = makeNames(
      `${name}-names`,
      { config, dns: config.dns, address, ...(hasIpv6(config.primary) && { address6 }) },
      parent,
    );
    this.recovery = this.kit(buckets, secondary ? [primary, secondary] : [primary]);
    this.apply('primary', primary, buckets, names.ready);
    if (secondary) this.apply('secondary', secondary, buckets);

    const admin = Object.keys(config.admins)[0];
    this.address = address;
    this.address6 = address6;
    this.url = pulumi.output(`https://${config.domain}`);
    this.buckets = buckets.names;
    this.machines = pulumi.output({
      primary: describeMachine(config.primary.provider, primary, admin),
      ...(secondary &&
        config.secondary && {
          secondary: describeMachine(config.secondary.provider, secondary, admin),
        }),
    });
    this.ssh = this.machines.apply(({ primary }) => primary?.ssh ?? '');
    this.dnsByHand = names.byHand;
    this.registerOutputs({ address, address6, url: this.url, ssh: this.ssh });
  }

  private machine(role: Role, group: Group | undefined): Machine {
    const { config, stack } = this.args;
    const machine = config[role];
    if (!machine) throw new Error(`no ${role} is configured`);
    const hostname = hostnameOf(role, config, stack);
    const [hostKey, hostPublicKey] =
      role === 'primary'
        ? [config.secrets.hostKey, config.hostPublicKey]
        : [config.secrets.secondaryHostKey, config.secondaryHostPublicKey];
    return makeMachine(
      `${this.instance}-${role}`,
      {
        machine,
        role,
        hostname,
        reverseName: role === 'primary' ? config.domain : hostname,
        keys: {
          hostKey: hostKey ?? '',
          hostPublicKey: hostPublicKey ?? '',
          deployKey: config.secrets.deployKey,
          deployPublicKey: config.deployPublicKey,
          carried: carriedKeys(config, role),
        },
        sshFrom: config.sshFrom,
        federation: config.federation,
        mailPort: config.mail.port,
        ...(config.restore && { fence: (machine: Reached) => this.prepare(role, machine) }),
        protect: config.protect,
        // What is elsewhere must not wait for DigitalOcean.
        after: machine.provider === 'digitalocean' ? members(group) : [],
      },
      { parent: this },
    );
  }

  private kit(buckets: Buckets, machines: Machine[]): pulumi.Output<Kit> {
    const { stack, config, raw } = this.args;
    const project = pulumi.getProject();
    return pulumi.secret(
      pulumi
        .all([buckets.media, buckets.backups, machines.flatMap((each) => [each.address, each.address6])])
        .apply(([media, backups, addresses]) =>
          makeKit({ project, stack, raw, config, media, backups, addresses }),
        ),
    );
  }

  /** Everything the machine needs from the world, and then the fence: before any secret, and before any data. */
  private prepare(role: Role, machine: Reached): { reaches: pulumi.Output<string[]> } {
    const { stack, config } = this.args;
    const prepared = new Apply(
      `${this.instance}-prepare`,
      {
        ...{ stack, config, role, machine, phase: 'prepare', machineName: `${this.instance}-${role}` },
        buckets: bucketsWithoutKeys(this.args),
      },
      { parent: this },
    );
    return { reaches: prepared.said.apply(pinnedAddresses) };
  }

  private apply(role: Role, machine: Machine, buckets: Buckets, after: pulumi.Resource[] = []): void {
    const { stack, config } = this.args;
    // The primary's keeps the name it had when there was no other.
    const name = role === 'primary' ? `${this.instance}-apply` : `${this.instance}-${role}-apply`;
    // A copy is brought back from its source's.
    const kit = role === 'primary' && !config.restore ? this.recovery : undefined;
    new Apply(
      name,
      { stack, config, role, machineName: `${this.instance}-${role}`, machine, buckets, kit },
      { parent: this, dependsOn: [...machine.ready, ...after] },
    );
  }
}

/** Whatever is in the project must go before it does. */
function members(group: Group | undefined): pulumi.Resource[] {
  return group ? [group.project] : [];
}

/** A cloud gives every machine an address of each kind; what an existing host has is in the configuration. */
function hasIpv6(machine: MachineConfig): boolean {
  return machine.provider !== 'existing' || machine.address6 !== undefined;
}

/** A copy's buckets are its source's, and in the source's project, unless it has media of its own. */
function usesDigitalOcean({ primary, secondary, storage, restore }: StackConfig): boolean {
  const own = !restore || restore.media === 'copy';
  const providers = [primary.provider, secondary?.provider, own ? storage.provider : undefined];
  return providers.some((provider) => provider === 'digitalocean' || provider === 'spaces');
}
