import type * as pulumi from '@pulumi/pulumi';
import type { MachineConfig } from '../config/types.ts';
import type { BootKeys } from './cloud-init.ts';
import type { CarriedKeys } from './ignored.ts';

/** What a machine is, whoever runs it. */
export interface Machine {
  /** Public IPv4 address the names point to; stays when the machine is built anew. */
  readonly address: pulumi.Output<string>;
  /** Public IPv6 address; undefined where the machine has none. */
  readonly address6: pulumi.Output<string | undefined>;
  /** How to reach the machine over SSH. A secret. */
  readonly connection: pulumi.Output<Connection>;
  /** Changes when the machine is another one: everything on it must be laid anew. */
  readonly identity: pulumi.Output<string>;
  /** The cloud firewall: whether it is up is known by waiting for it; absent where there is none. */
  readonly firewall?: pulumi.Resource;
  /** The resource whose deletion takes everything on the machine with it; absent where nothing here could delete it. */
  readonly server?: pulumi.Resource;
  /** Everything that must exist before the machine can be reached by its names. */
  readonly ready: pulumi.Resource[];
  /** Names DigitalOcean's project groups it by; empty elsewhere. */
  readonly urns: pulumi.Output<string>[];
}

/** A machine that answers over SSH and may have no firewall around it yet. */
export type Reached = Pick<Machine, 'address' | 'connection' | 'identity' | 'server'>;

/** `primary` serves, `secondary` stands by. */
export type Role = 'primary' | 'secondary';

/** An SSH connection with a pinned host key. https://www.pulumi.com/registry/packages/command/api-docs/remote/command/ */
export interface Connection {
  host: string;
  user: string;
  privateKey: string;
  /** The host's public key, OpenSSH one-line form. */
  hostKey: string;
}

/** What a provider's factory makes a machine from. */
export interface MachineArgs<Config extends MachineConfig = MachineConfig> {
  /** Provider, and what it wants to know. */
  machine: Config;
  /** Whether it serves or stands by; the name of its key in the stack file. */
  role: Role;
  /** Name its addresses are to resolve back to, where the provider serves reverse DNS, e.g. `staging.social.coop`. */
  reverseName: string;
  /** Fully qualified host name, e.g. `primary.staging.social.coop`. */
  hostname: string;
  /** Keys the machine boots with. Secret: hold it in memory only. */
  keys: BootKeys & { deployKey: string; carried: CarriedKeys };
  /** Ranges (CIDR) SSH is reachable from. */
  sshFrom: string[];
  /** `off`: only the ports the instance itself needs may be reached from inside. */
  federation: 'open' | 'off';
  /** Port of the mail relay. */
  mailPort: number;
  /**
   * Lays a machine out before its cloud firewall closes, and gives the addresses that stay open to it: 443 there is all that
   * may leave, SSH all that may enter, and no address or name outlives it. Default: an open machine.
   */
  fence?: (machine: Reached) => { reaches: pulumi.Output<string[]> };
  /** Refuses to delete the machine and its address. Default false. */
  protect: boolean;
  /** Must exist before the machine does. Default none. */
  after?: pulumi.Resource[];
}
