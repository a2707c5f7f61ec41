import * as pulumi from '@pulumi/pulumi';
import { bare } from '../config/keys.ts';
import type { Connection, MachineArgs } from './machine.ts';

/** How root reaches a machine by the keys it booted with. A secret. */
export function rootConnection(
  host: pulumi.Output<string>,
  keys: MachineArgs['keys'],
): pulumi.Output<Connection> {
  return pulumi.secret(
    host.apply((host) => ({
      host,
      user: 'root',
      privateKey: keys.deployKey,
      hostKey: bare(keys.hostPublicKey),
    })),
  );
}
