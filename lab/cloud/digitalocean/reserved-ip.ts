import { nextReserved } from '../addresses.ts';
import { unprocessable } from '../api-error.ts';
import type { CloudObject, Context, Kind } from '../types.ts';
import { regions } from './catalog.ts';
import { findDroplet, hiddenOf } from './droplet.ts';

/** Points a reserved address to a machine (or to none); the address really moves. */
export async function assign(
  context: Context,
  address: CloudObject,
  dropletId: string | undefined,
): Promise<void> {
  const { machines } = context.backends;
  const before = address.hidden.dropletId as string | undefined;
  if (before !== undefined && before !== dropletId) {
    const old = context.list('Droplet').find(({ id }) => id === before);
    const machine = old && hiddenOf(old).machine;
    if (machine && (await machines.machineState(machine)) !== 'missing') {
      await machines.removeAddress(machine, address.id);
    }
  }
  if (dropletId === undefined) {
    delete address.hidden.dropletId;
    delete address.outputs.dropletId;
    return;
  }
  await machines.addAddress(hiddenOf(findDroplet(context, dropletId)).machine, address.id);
  address.hidden.dropletId = dropletId;
  address.outputs.dropletId = Number(dropletId);
}

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/reservedip/ */
export const reservedIp: Kind = {
  plan(context, inputs) {
    if (!regions.includes(String(inputs.region))) throw unprocessable('Region is not valid');
    if (inputs.dropletId !== undefined) findDroplet(context, inputs.dropletId);
    const id = nextReserved(context.world('ReservedIp').map((object) => object.id));
    return { id, inputs, hidden: {}, outputs: { ipAddress: id, reservedIpUrn: `do:reservedip:${id}` } };
  },
  async realise(context, object) {
    const { dropletId } = object.inputs;
    if (dropletId !== undefined) await assign(context, object, String(dropletId));
  },
  async update(context, object, inputs) {
    const { dropletId } = inputs;
    // Without the input, an assignment made by ReservedIpAssignment stays.
    if (dropletId !== undefined || object.inputs.dropletId !== undefined) {
      await assign(context, object, dropletId === undefined ? undefined : String(dropletId));
    }
    object.inputs = inputs;
  },
  remove: (context, object) => assign(context, object, undefined),
};

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/reservedipassignment/ */
export const reservedIpAssignment: Kind = {
  plan(context, inputs) {
    findAddress(context, inputs.ipAddress);
    findDroplet(context, inputs.dropletId);
    return {
      id: `${inputs.dropletId}-${inputs.ipAddress}-${context.next()}`,
      inputs,
      outputs: {},
      hidden: {},
    };
  },
  async realise(context, object) {
    await assign(context, findAddress(context, object.inputs.ipAddress), String(object.inputs.dropletId));
  },
  partOf: ({ dropletId, ipAddress }) => [
    ['Droplet', String(dropletId)],
    ['ReservedIp', String(ipAddress)],
  ],
  async refresh(context, object) {
    const address = context.list('ReservedIp').find(({ id }) => id === object.inputs.ipAddress);
    return address?.hidden.dropletId === String(object.inputs.dropletId);
  },
  async update(_context, object, inputs) {
    object.inputs = inputs;
  },
  async remove(context, object) {
    const address = context.list('ReservedIp').find(({ id }) => id === object.inputs.ipAddress);
    // Somebody else's by now: leave it where it is.
    if (address?.hidden.dropletId !== String(object.inputs.dropletId)) return;
    await assign(context, address, undefined);
  },
};

function findAddress(context: Context, ip: unknown): CloudObject {
  const found = context.list('ReservedIp').find(({ id }) => id === ip);
  if (!found) throw unprocessable('The reserved IP does not exist.');
  return found;
}
