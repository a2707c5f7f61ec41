import { hetznerPlace, nextPlace } from '../addresses.ts';
import { publishNames } from '../names.ts';
import type { CloudObject, Context, Kind, Properties } from '../types.ts';
import { locations } from './catalog.ts';
import { invalid, isProtected, notStopped, taken } from './errors.ts';
import { refuseLabels } from './labels.ts';
import { findServer, hiddenOf, readdress, slots } from './server-addresses.ts';

/** Of which server it is an address now. */
export const assigneeOf = (address: CloudObject) => address.hidden.serverId as string | undefined;

function refuse(context: Context, inputs: Properties, self?: string): void {
  const { type, location, assigneeType = 'server', name } = inputs as Record<string, string | undefined>;
  if (type !== 'ipv4' && type !== 'ipv6') throw invalid("invalid input in field 'type'");
  if (assigneeType !== 'server') throw invalid("invalid input in field 'assignee_type'");
  if (inputs.datacenter !== undefined)
    throw invalid("invalid input in field 'datacenter': use location instead");
  if (location !== undefined && inputs.assigneeId !== undefined && self === undefined) {
    throw invalid('assignee_id & location cannot be set in the same time');
  }
  if (location === undefined && inputs.assigneeId === undefined) {
    throw invalid("invalid input in field 'location'");
  }
  if (location !== undefined && !locations.includes(location)) {
    throw invalid(`location ${location} not found`);
  }
  refuseLabels(inputs);
  if (!name) throw invalid("invalid input in field 'name'");
  if (context.list('PrimaryIp').some((other) => other.inputs.name === name && other.id !== self)) {
    throw taken('name is already used');
  }
}

export function findPrimaryIp(context: Context, id: unknown): CloudObject {
  const found = context.list('PrimaryIp').find((object) => object.id === String(id));
  if (!found) throw invalid(`primary IP ${id} not found`);
  return found;
}

/** Assigns an address to a server that is switched off, or to none. */
async function assign(context: Context, address: CloudObject, serverId: string | undefined): Promise<void> {
  const { slot } = slots[String(address.inputs.type)] ?? {};
  if (!slot) return;
  const [before, after] = [assigneeOf(address), serverId];
  if (before === after) return;
  const from = context.list('Server').find(({ id }) => id === before);
  const to = after === undefined ? undefined : findServer(context, after);
  const { machines } = context.backends;
  for (const server of [from, to]) {
    if (server && (await machines.machineState(hiddenOf(server).machine)) !== 'stopped') throw notStopped();
  }
  if (to && hiddenOf(to)[slot] !== undefined) throw invalid('server already has a primary IP of this type');
  if (from) delete hiddenOf(from)[slot];
  if (to) hiddenOf(to)[slot] = Number(address.hidden.place);
  setAssignee(address, serverId);
  for (const server of [from, to]) if (server) await readdress(context, server);
}

/** Writes down whose address it is. */
export function setAssignee(address: CloudObject, serverId: string | undefined): void {
  if (serverId === undefined) delete address.hidden.serverId;
  else address.hidden.serverId = serverId;
  address.outputs.assigneeId = Number(serverId ?? 0);
}

/** https://www.pulumi.com/registry/packages/hcloud/api-docs/primaryip/ */
export const primaryIp: Kind = {
  plan(context, given) {
    refuse(context, given);
    const server = given.assigneeId === undefined ? undefined : findServer(context, given.assigneeId);
    const location = given.location ?? server?.inputs.location;
    const inputs: Properties = { autoDelete: false, deleteProtection: false, ...given, location };
    const places = context.world('PrimaryIp').map(({ hidden }) => Number(hidden.place));
    const place = nextPlace([...places, ...context.world('Server').flatMap((s) => hiddenOf(s).own ?? [])]);
    const { ip4, ip6 } = hetznerPlace(place);
    const outputs =
      given.type === 'ipv6'
        ? { ipAddress: ip6, ipNetwork: `${ip6}/64`, assigneeId: 0 }
        : { ipAddress: ip4, assigneeId: 0 };
    return { id: String(80_000_000 + context.next()), inputs, outputs, hidden: { place } };
  },
  async realise(context, object) {
    const { assigneeId } = object.inputs;
    if (assigneeId !== undefined) await assign(context, object, String(assigneeId));
  },
  async update(context, object, given) {
    const inputs: Properties = { location: object.inputs.location, autoDelete: false, ...given };
    refuse(context, inputs, object.id);
    if (inputs.assigneeId !== undefined) {
      await assign(context, object, inputs.assigneeId === 0 ? undefined : String(inputs.assigneeId));
    }
    object.inputs = inputs;
  },
  refuseRemoval(_context, { inputs }) {
    if (inputs.deleteProtection === true) throw isProtected('primary ip deletion is protected');
  },
  // Of a running server nothing is taken away.
  async remove(context, object) {
    await assign(context, object, undefined);
    await publishNames(context);
  },
  partOf: ({ autoDelete }, { hidden }) =>
    autoDelete === true && hidden.serverId !== undefined ? [['Server', String(hidden.serverId)]] : [],
};
