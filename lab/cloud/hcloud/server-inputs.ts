import type { CloudObject, Context, Properties } from '../types.ts';
import { images, locations, type ServerType, serverTypes } from './catalog.ts';
import { invalid, taken } from './errors.ts';
import { refuseLabels } from './labels.ts';

// https://docs.hetzner.cloud/reference/cloud#servers-create-a-server
const largestUserData = 32_768;
const hostname = /^(?=.{1,253}$)([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9-]{1,63})*$/;

export function typeOf({ serverType }: Properties): ServerType {
  const found = serverTypes[String(serverType)];
  if (!found) throw invalid(`server type ${serverType} not found`);
  return found;
}

/** Refuses what no server may be, new or changed. */
export function refuseServer(context: Context, inputs: Properties, self?: CloudObject): void {
  const { name, location, image, userData } = inputs as Record<string, string | undefined>;
  if (!name || !hostname.test(name)) throw invalid("invalid input in field 'name'");
  if (context.list('Server').some((other) => other.inputs.name === name && other !== self)) {
    throw taken('server name is already used');
  }
  const { architecture, locations: sold } = typeOf(inputs);
  if (!image || !images.includes(image)) {
    throw invalid(
      `image ${image} for architecture ${architecture} not found (the lab boots ${images.join(', ')})`,
    );
  }
  if (inputs.datacenter !== undefined)
    throw invalid("invalid input in field 'datacenter': use location instead");
  if (!location || !locations.includes(location)) throw invalid(`location ${location} not found`);
  if (!sold.includes(location)) throw invalid('unsupported location for server type');
  if (Buffer.byteLength(userData ?? '') > largestUserData) {
    throw invalid("invalid input in field 'user_data': is too long");
  }
  if ((inputs.deleteProtection ?? false) !== (inputs.rebuildProtection ?? false)) {
    throw invalid('delete protection and rebuild protection must be the same');
  }
  refuseLabels(inputs);
  publicKeys(context, inputs);
  for (const id of (inputs.firewallIds as number[] | undefined) ?? []) {
    if (!context.list('Firewall').some((firewall) => firewall.id === String(id))) {
      throw invalid(`firewall with ID '${id}' not found`);
    }
  }
}

/** The keys, by id or name, as they are put into the machine. */
export function publicKeys(context: Context, inputs: Properties): string[] {
  return ((inputs.sshKeys as string[] | undefined) ?? []).map((wanted) => {
    const key = context.list('SshKey').find(({ id, inputs }) => id === wanted || inputs.name === wanted);
    if (!key) throw invalid(`SSH key not found: ${wanted}`);
    return String(key.inputs.publicKey).trim();
  });
}
