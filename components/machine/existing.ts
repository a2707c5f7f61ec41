import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { bare } from '../config/keys.ts';
import type { ExistingMachineConfig } from '../config/types.ts';
import type { Connection, Machine, MachineArgs } from './machine.ts';

/**
 * A Debian 13 host that is there already and answers over SSH: an own box, or a provider's this program does not know.
 *
 * Nothing is asked of any cloud, so its firewall outside the host, its reverse name and its deletion are somebody
 * else's matter; the tree closes the host by its own firewall. Apply refuses another system, and a host on which
 * something else serves the web, before it writes anything.
 */
export class ExistingMachine extends pulumi.ComponentResource implements Machine {
  readonly address: pulumi.Output<string>;
  readonly address6: pulumi.Output<string | undefined>;
  readonly connection: pulumi.Output<Connection>;
  readonly identity: pulumi.Output<string>;
  readonly ready: pulumi.Resource[] = [];
  readonly urns: pulumi.Output<string>[] = [];

  constructor(
    name: string,
    args: MachineArgs<ExistingMachineConfig>,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('social-coop:machine:Existing', name, {}, options);
    const { machine, keys } = args;
    const hostKey = bare(keys.hostPublicKey);
    this.address = pulumi.output(machine.address);
    this.address6 = pulumi.output(machine.address6);
    this.connection = pulumi.secret({
      host: machine.host,
      user: machine.user,
      privateKey: keys.deployKey,
      hostKey,
    });
    // A host that was installed anew has another key; one that moved has another name.
    const key = createHash('sha256').update(hostKey).digest('hex').slice(0, 12);
    this.identity = pulumi.output(`${machine.host}-${key}`);
    this.registerOutputs({ address: this.address, address6: this.address6 });
  }
}
