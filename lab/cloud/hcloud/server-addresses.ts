import { hetznerPlace } from '../addresses.ts';
import { notFound } from '../api-error.ts';
import type { CloudObject, Context, Properties } from '../types.ts';

export interface ServerHidden extends Properties {
  machine: string;
  mac: string;
  /** Places whose addresses it has now. */
  place4?: number;
  place6?: number;
  /** Places of addresses that were made with the server and go with it. */
  own?: number[];
}

export const hiddenOf = (server: CloudObject) => server.hidden as ServerHidden;

/** Where a server keeps its address of each type. */
export const slots: Record<string, { slot: 'place4' | 'place6' }> = {
  ipv4: { slot: 'place4' },
  ipv6: { slot: 'place6' },
};

export function findServer(context: Context, id: unknown): CloudObject {
  const found = context.list('Server').find((object) => object.id === String(id));
  if (!found) throw notFound(`server with ID '${id}' not found`);
  return found;
}

/** What its machine boots with: of its IPv6 network the first address. */
export function addressesOf(server: CloudObject): { ip4?: string; ip6?: string } {
  const { place4, place6 } = hiddenOf(server);
  return {
    ...(place4 === undefined ? {} : { ip4: hetznerPlace(place4).ip4 }),
    ...(place6 === undefined ? {} : { ip6: `${hetznerPlace(place6).ip6}1` }),
  };
}

export function addressOutputs(server: CloudObject): Properties {
  const { ip4 = '', ip6 = '' } = addressesOf(server);
  const { place6 } = hiddenOf(server);
  const ipv6Network = place6 === undefined ? '' : `${hetznerPlace(place6).ip6}/64`;
  return { ipv4Address: ip4, ipv6Address: ip6, ipv6Network };
}

/** Gives the machine, which is switched off, the addresses its server has now. */
export async function readdress(context: Context, server: CloudObject): Promise<void> {
  await context.backends.machines.setAddresses(hiddenOf(server).machine, addressesOf(server));
  Object.assign(server.outputs, addressOutputs(server));
}
