import * as pulumi from '@pulumi/pulumi';
import type { Machine } from './machine.ts';

/** How a machine is reached; nothing of it is secret. */
export interface MachineOutputs {
  /** Who runs it: digitalocean, hetzner or existing. */
  provider: string;
  /** Public IPv4 address. */
  address: string;
  /** Public IPv6 address; absent where the machine has none. */
  address6?: string | undefined;
  /** Where SSH answers: a name or an address. */
  host: string;
  /** Who `pulumi up` logs in as. */
  user: string;
  /** Its SSH host key, one line. */
  hostKey: string;
  /** Command an admin logs in with. */
  ssh: string;
}

/** What a stack says of a machine; `admin` is whoever logs in, root where nobody is named. */
export function describeMachine(
  provider: string,
  machine: Machine,
  admin = 'root',
): pulumi.Output<MachineOutputs> {
  const reach = machine.connection.apply(({ host, user, hostKey }) => ({ host, user, hostKey }));
  return pulumi
    .all([machine.address, machine.address6, pulumi.unsecret(reach)])
    .apply(([address, address6, { host, user, hostKey }]) => ({
      provider,
      address,
      ...(address6 && { address6 }),
      host,
      user,
      hostKey,
      // The public address of an existing host may be another machine's, in front of it.
      ssh: `ssh ${admin}@${machine.server ? address : host}`,
    }));
}
