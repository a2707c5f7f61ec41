import { BlockList, isIP } from 'node:net';
import { notFound } from '../api-error.ts';
import { publishNames } from '../names.ts';
import type { CloudObject, Context, Kind, Properties } from '../types.ts';
import { invalid } from './errors.ts';
import { findServer } from './server-addresses.ts';

const domain = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;

/** Whose address it is: exactly one of the inputs says so. */
function ownerOf(context: Context, inputs: Properties): CloudObject {
  const { serverId, primaryIpId } = inputs;
  if ((serverId === undefined) === (primaryIpId === undefined)) {
    throw invalid('one of server_id, primary_ip_id has to be set (the lab has no other addresses)');
  }
  if (serverId !== undefined) return findServer(context, serverId);
  const found = context.list('PrimaryIp').find(({ id }) => id === String(primaryIpId));
  if (!found) throw notFound(`primary IP with ID '${primaryIpId}' not found`);
  return found;
}

function refuse(context: Context, inputs: Properties): void {
  const address = String(inputs.ipAddress);
  const { outputs } = ownerOf(context, inputs);
  const family = isIP(address);
  const network = String(outputs.ipNetwork ?? outputs.ipv6Network ?? '');
  const single = String(network === outputs.ipNetwork ? '' : (outputs.ipv4Address ?? outputs.ipAddress));
  if (family === 0 || !(address === single || (family === 6 && lies(address, network)))) {
    throw notFound(`ip address ${address} not found`);
  }
  if (!domain.test(String(inputs.dnsPtr))) throw invalid("invalid input in field 'dns_ptr'");
}

function lies(address: string, network: string): boolean {
  const [first = '', prefix] = network.split('/');
  if (isIP(first) !== 6) return false;
  const list = new BlockList();
  list.addSubnet(first, Number(prefix), 'ipv6');
  return list.check(address, 'ipv6');
}

/** https://www.pulumi.com/registry/packages/hcloud/api-docs/rdns/ */
export const rdns: Kind = {
  plan(context, inputs) {
    refuse(context, inputs);
    const { serverId, primaryIpId, ipAddress } = inputs;
    const id = serverId === undefined ? `p-${primaryIpId}-${ipAddress}` : `s-${serverId}-${ipAddress}`;
    if (context.list('Rdns').some((other) => other.id === id)) throw invalid(`${ipAddress} has a name`);
    return { id, inputs, outputs: {}, hidden: {} };
  },
  realise: publishNames,
  async update(context, object, inputs) {
    refuse(context, inputs);
    object.inputs = inputs;
    await publishNames(context);
  },
  partOf: ({ serverId, primaryIpId }) => [
    serverId === undefined ? ['PrimaryIp', String(primaryIpId)] : ['Server', String(serverId)],
  ],
  remove: publishNames,
};
