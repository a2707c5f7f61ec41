import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from './config.ts';
import { makeNames } from './dns/index.ts';
import { Apply } from './host/apply.ts';
import { Group } from './machine/group.ts';
import { makeMachine } from './machine/index.ts';
import { storages } from './storage/index.ts';

export interface InstanceArgs {
  /** Validated configuration of the stack. */
  config: StackConfig;
  /** Pulumi stack. */
  stack: string;
}

/** A Mastodon instance: machine, buckets, names, and the host tree laid on the machine. */
export class Instance extends pulumi.ComponentResource {
  /** Public IPv4 address. */
  readonly address: pulumi.Output<string>;
  /** Public IPv6 address. */
  readonly address6: pulumi.Output<string | undefined>;
  /** Where the instance is. */
  readonly url: pulumi.Output<string>;
  /** Names of the buckets as they are, whatever the configuration says. */
  readonly buckets: pulumi.Output<{ media: string; backups: string }>;
  /** Command an admin logs in with. */
  readonly ssh: pulumi.Output<string>;
  /** DNS records somebody has to set by hand; empty where the stack sets them. */
  readonly dnsByHand: pulumi.Output<string[]>;

  constructor(name: string, { config, stack }: InstanceArgs, options?: pulumi.ComponentResourceOptions) {
    super('social-coop:index:Instance', name, {}, options);
    const parent = { parent: this };
    const { domain, protect } = config;
    const group = new Group(`${name}-group`, { title: domain, stack }, parent);
    // Whatever is in the project must go before it does.
    const after = [group.project];

    const machineName = `${name}-primary`;
    const machine = makeMachine(
      machineName,
      {
        machine: config.primary,
        role: 'primary',
        reverseName: domain,
        hostname: `primary.${domain}`,
        keys: {
          hostKey: config.secrets.hostKey,
          hostPublicKey: config.hostPublicKey,
          deployKey: config.secrets.deployKey,
          deployPublicKey: config.deployPublicKey,
        },
        sshFrom: config.sshFrom,
        federation: config.federation,
        mailPort: config.mail.port,
        protect,
        after,
      },
      parent,
    );
    const { storage, retentionDays } = config;
    const buckets = storages[storage.provider](
      `${name}-storage`,
      { storage, retentionDays, protect, after },
      parent,
    );
    group.hold(`${name}-group`, [...machine.urns, ...buckets.urns]);

    const { address, address6 } = machine;
    const names = makeNames(`${name}-names`, { config, dns: config.dns, address, address6 }, parent);
    new Apply(
      `${name}-apply`,
      { stack, config, machineName, machine, buckets },
      { ...parent, dependsOn: [...machine.ready, ...names.ready] },
    );

    this.address = address;
    this.address6 = address6;
    this.url = pulumi.output(`https://${domain}`);
    this.buckets = buckets.names;
    this.ssh = pulumi.interpolate`ssh ${Object.keys(config.admins)[0] ?? 'root'}@${address}`;
    this.dnsByHand = names.byHand;
    this.registerOutputs({ address, address6, url: this.url, ssh: this.ssh });
  }
}
