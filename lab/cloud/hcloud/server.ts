import { hetznerPlace, nextPlace } from '../addresses.ts';
import { publishNames } from '../names.ts';
import type { CloudObject, Context, Kind, Properties } from '../types.ts';
import { invalid, isProtected } from './errors.ts';
import { applyFirewalls } from './firewall-rules.ts';
import { assigneeOf, setAssignee } from './primary-ip.ts';
import { planAddresses, reassign } from './public-net.ts';
import { addressesOf, addressOutputs, hiddenOf } from './server-addresses.ts';
import { publicKeys, refuseServer, typeOf } from './server-inputs.ts';

const defaults = { location: 'fsn1', deleteProtection: false, rebuildProtection: false };

/** A machine: https://www.pulumi.com/registry/packages/hcloud/api-docs/server/ */
export const server: Kind = {
  plan(context, given) {
    const inputs: Properties = { ...defaults, ...given };
    refuseServer(context, inputs);
    const id = String(100_000_000 + context.next());
    const used = context.world('Server').map((other) => Number.parseInt(hiddenOf(other).mac.slice(-2), 16));
    const { mac } = hetznerPlace(nextPlace(used));
    const hidden = { machine: `hz-${id}`, mac, ...planAddresses(context, inputs) };
    const outputs = { status: 'initializing', primaryDiskSize: typeOf(inputs).disk, backupWindow: '' };
    const object = { id, inputs, hidden, outputs };
    Object.assign(outputs, addressOutputs(object as unknown as CloudObject));
    return object;
  },

  async realise(context, object) {
    const { machine, mac } = hiddenOf(object);
    const { inputs } = object;
    const { memory, cores } = typeOf(inputs);
    // The rules come first: the machine must never have been reachable without them.
    await applyFirewalls(context);
    const { machines } = context.backends;
    // After a crash a half-made machine may stand there; it holds nothing yet.
    if ((await machines.machineState(machine)) !== 'missing') await machines.removeMachine(machine);
    for (const address of linked(context, object)) setAssignee(address, object.id);
    await machines.createMachine({
      ...{ id: machine, name: String(inputs.name), mac, ip4: '', ...addressesOf(object) },
      ...{ memoryMb: memory, vcpus: cores, diskGb: Number(object.outputs.primaryDiskSize) },
      userData: String(inputs.userData ?? ''),
      sshKeys: publicKeys(context, inputs),
    });
    object.outputs.status = 'running';
  },

  async refresh(context, object) {
    const state = await context.backends.machines.machineState(hiddenOf(object).machine);
    object.outputs.status = state === 'stopped' ? 'off' : 'running';
    return state !== 'missing';
  },

  async update(context, object, given) {
    const inputs: Properties = { ...defaults, location: object.inputs.location, ...given };
    refuseServer(context, inputs, object);
    const [before, after] = [typeOf(object.inputs), typeOf(inputs)];
    if (before.architecture !== after.architecture) {
      throw invalid('server type has a different architecture than the server');
    }
    const disk = Number(object.outputs.primaryDiskSize);
    if (after.disk < disk) throw invalid('server disk is bigger than the disk of the server type');
    if (inputs.serverType !== object.inputs.serverType) await resize(context, object, inputs);
    await reassign(context, object, inputs);
    object.inputs = inputs;
    await applyFirewalls(context);
  },

  refuseRemoval(_context, { inputs }) {
    if (inputs.deleteProtection === true) throw isProtected('server deletion is protected');
  },

  async remove(context, object) {
    const { machine } = hiddenOf(object);
    const { machines } = context.backends;
    const graceful = object.inputs.shutdownBeforeDeletion === true;
    if (graceful && (await machines.machineState(machine)) === 'running') await machines.stopMachine(machine);
    await machines.removeMachine(machine);
    // Those that go with it keep its number, and are forgotten as its parts.
    for (const address of context.list('PrimaryIp')) {
      if (assigneeOf(address) === object.id && address.inputs.autoDelete !== true) {
        setAssignee(address, undefined);
      }
    }
    await publishNames(context);
  },
};

const linked = (context: Context, { hidden }: CloudObject) =>
  context
    .list('PrimaryIp')
    .filter(
      ({ inputs, hidden: { place } }) => hidden[inputs.type === 'ipv4' ? 'place4' : 'place6'] === place,
    );

/** Another type switches the machine off and on again; its disk stays where `keepDisk` says so. */
async function resize(context: Context, object: CloudObject, inputs: Properties): Promise<void> {
  const { memory, cores, disk } = typeOf(inputs);
  const { machines } = context.backends;
  const { machine } = hiddenOf(object);
  await machines.stopMachine(machine);
  await machines.resizeMachine(machine, memory, cores);
  await machines.startMachine(machine);
  if (inputs.keepDisk !== true) object.outputs.primaryDiskSize = disk;
}
