import { isDeepStrictEqual } from 'node:util';
import { nextPlace } from '../addresses.ts';
import type { CloudObject, Context, Properties } from '../types.ts';
import { invalid } from './errors.ts';
import { assigneeOf, findPrimaryIp, setAssignee } from './primary-ip.ts';
import { hiddenOf, readdress, type ServerHidden } from './server-addresses.ts';

interface PublicNet {
  ipv4?: number;
  ipv4Enabled?: boolean;
  ipv6?: number;
  ipv6Enabled?: boolean;
}

type Places = Pick<ServerHidden, 'place4' | 'place6' | 'own'>;

/**
 * Which addresses a server gets: linked primary IPs, or ones made with it. Those of the second kind live and die with
 * the server and are no objects of their own here.
 */
export function planAddresses(context: Context, inputs: Properties, self?: CloudObject): Places {
  const net = ((inputs.publicNets as PublicNet[] | undefined) ?? [])[0] ?? {};
  const taken = [
    ...context.world('PrimaryIp').map(({ hidden }) => Number(hidden.place)),
    ...context.world('Server').flatMap((server) => hiddenOf(server).own ?? []),
  ];
  const places: Places = {};
  for (const [type, slot] of [
    ['ipv4', 'place4'],
    ['ipv6', 'place6'],
  ] as const) {
    if (net[type] !== undefined) {
      places[slot] = linkedPlace(context, inputs, type, net[type], self);
    } else if (net[`${type}Enabled`] !== false) {
      const place = nextPlace([...taken, ...(places.own ?? [])]);
      places[slot] = place;
      places.own = [...(places.own ?? []), place];
    }
  }
  if (places.place4 === undefined && places.place6 === undefined) {
    throw invalid('the lab has no private networks: a server needs a public one');
  }
  return places;
}

function linkedPlace(context: Context, inputs: Properties, type: string, id: number, self?: CloudObject) {
  const address = findPrimaryIp(context, id);
  if (address.inputs.type !== type) throw invalid(`primary IP ${id} is no ${type} address`);
  const owner = assigneeOf(address);
  if (owner !== undefined && owner !== self?.id) throw invalid(`primary IP ${id} is already assigned`);
  if (address.inputs.location !== inputs.location) {
    throw invalid(`primary IP ${id} is in location ${address.inputs.location}, not ${inputs.location}`);
  }
  return Number(address.hidden.place);
}

/** Follows an edit of `publicNets`: the machine is switched off for it and on again. */
export async function reassign(context: Context, object: CloudObject, inputs: Properties): Promise<void> {
  if (isDeepStrictEqual(inputs.publicNets, object.inputs.publicNets)) return;
  const places = planAddresses(context, inputs, object);
  const { machines } = context.backends;
  const hidden = hiddenOf(object);
  await machines.stopMachine(hidden.machine);
  for (const slot of ['place4', 'place6', 'own'] as const) delete hidden[slot];
  Object.assign(hidden, places);
  for (const address of context.list('PrimaryIp')) {
    const mine = [places.place4, places.place6].includes(Number(address.hidden.place));
    if (mine) setAssignee(address, object.id);
    else if (assigneeOf(address) === object.id) setAssignee(address, undefined);
  }
  await readdress(context, object);
  await machines.startMachine(hidden.machine);
}
