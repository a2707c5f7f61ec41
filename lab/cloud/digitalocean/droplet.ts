import { nextAddress } from '../addresses.ts';
import { notFound, unprocessable } from '../api-error.ts';
import type { CloudObject, Context, Kind, Properties } from '../types.ts';
import { images, regions, type Size, sizes } from './catalog.ts';
import { applyFirewalls } from './firewall-rules.ts';

// https://docs.digitalocean.com/reference/api/digitalocean/#tag/Droplets/operation/droplets_create
const largestUserData = 65_536;

export interface DropletHidden extends Properties {
  machine: string;
  mac: string;
  ip4: string;
  ip6: string;
}

export const hiddenOf = (droplet: CloudObject) => droplet.hidden as DropletHidden;

function refuse(context: Context, inputs: Properties): void {
  const { name, region, image, userData } = inputs as Record<string, string | undefined>;
  if (!name || !/^[a-zA-Z0-9][a-zA-Z0-9.-]*$/.test(name)) {
    throw unprocessable('Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)');
  }
  sizeOf(inputs);
  if (!region || !regions.includes(region)) {
    throw unprocessable('You specified an invalid region for Droplet creation.');
  }
  if (!image || !images.includes(image)) {
    throw unprocessable(
      `You specified an invalid image for Droplet creation. (The lab boots ${images.join(', ')}.)`,
    );
  }
  if (Buffer.byteLength(userData ?? '') > largestUserData)
    throw unprocessable('user_data is too long (max 64 KiB)');
  publicKeys(context, inputs);
}

function publicKeys(context: Context, inputs: Properties): string[] {
  return ((inputs.sshKeys as string[] | undefined) ?? []).map((wanted) => {
    const key = context
      .list('SshKey')
      .find(({ id, outputs }) => id === wanted || outputs.fingerprint === wanted);
    if (!key) throw unprocessable(`${wanted} are invalid key identifiers for Droplet creation.`);
    return String(key.inputs.publicKey).trim();
  });
}

function sizeOf(inputs: Properties): Size {
  const size = sizes[String(inputs.size)];
  if (!size) throw unprocessable('You specified an invalid size for Droplet creation.');
  return size;
}

function sizeOutputs(inputs: Properties): Properties {
  const { memory, vcpus, disk, priceMonthly } = sizeOf(inputs);
  return { memory, vcpus, disk, priceMonthly, priceHourly: Math.round((priceMonthly / 672) * 1e5) / 1e5 };
}

/** A machine: https://www.pulumi.com/registry/packages/digitalocean/api-docs/droplet/ */
export const droplet: Kind = {
  plan(context, given) {
    const inputs: Properties = { region: 'nyc3', ...given };
    refuse(context, inputs);
    const number = context.next();
    const id = String(400_000_000 + number);
    const { ip4, ip6, mac } = nextAddress(context.world('Droplet').map((object) => hiddenOf(object).ip4));
    return {
      id,
      inputs,
      hidden: { machine: `do-${id}`, mac, ip4, ip6 },
      outputs: {
        ...sizeOutputs(inputs),
        createdAt: new Date().toISOString(),
        dropletUrn: `do:droplet:${id}`,
        ipv4Address: ip4,
        ...(inputs.ipv6 === true ? { ipv6Address: ip6 } : {}),
        locked: false,
        status: 'new',
      },
    };
  },

  async realise(context, object) {
    const { machine, mac, ip4, ip6 } = hiddenOf(object);
    const { inputs } = object;
    const { memory, vcpus, disk } = sizeOf(inputs);
    // The rules come first: the machine must never have been reachable without them.
    await applyFirewalls(context);
    const { machines } = context.backends;
    // After a crash a half-made machine may stand there; it holds nothing yet.
    if ((await machines.machineState(machine)) !== 'missing') await machines.removeMachine(machine);
    await machines.createMachine({
      id: machine,
      name: String(inputs.name),
      mac,
      ip4,
      ...(inputs.ipv6 === true ? { ip6 } : {}),
      memoryMb: memory,
      vcpus,
      diskGb: disk,
      userData: String(inputs.userData ?? ''),
      sshKeys: publicKeys(context, inputs),
    });
    object.outputs.status = 'active';
  },

  async refresh(context, object) {
    const state = await context.backends.machines.machineState(hiddenOf(object).machine);
    // A hung host still counts as running at the provider.
    object.outputs.status = state === 'stopped' ? 'off' : 'active';
    return state !== 'missing';
  },

  async update(context, object, inputs) {
    const merged: Properties = { region: object.inputs.region, ...inputs };
    refuse(context, merged);
    if (object.inputs.ipv6 !== true && merged.ipv6 === true) {
      throw unprocessable('The lab cannot enable IPv6 on a running Droplet; create it with ipv6: true.');
    }
    if (merged.size !== object.inputs.size) await resize(context, object, merged);
    object.inputs = merged;
    Object.assign(object.outputs, sizeOutputs(merged));
    await applyFirewalls(context);
  },

  async remove(context, object) {
    await context.backends.machines.removeMachine(hiddenOf(object).machine);
    for (const address of context.list('ReservedIp')) {
      if (address.hidden.dropletId === object.id) {
        delete address.hidden.dropletId;
        delete address.outputs.dropletId;
      }
    }
  },
};

/** Resizing powers the machine off and on again, as it does at the provider. */
async function resize(context: Context, object: CloudObject, inputs: Properties): Promise<void> {
  const [before, after] = [sizeOf(object.inputs), sizeOf(inputs)];
  if (inputs.resizeDisk !== false && after.disk < before.disk) {
    throw unprocessable('This size is not available because it has a smaller disk.');
  }
  const { machines } = context.backends;
  const { machine } = hiddenOf(object);
  await machines.stopMachine(machine);
  await machines.resizeMachine(machine, after.memory, after.vcpus);
  await machines.startMachine(machine);
}

export function findDroplet(context: Context, id: unknown): CloudObject {
  const found = context.list('Droplet').find((object) => object.id === String(id));
  if (!found) throw notFound();
  return found;
}
