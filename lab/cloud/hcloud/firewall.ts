import { isIP } from 'node:net';
import type { Context, Kind, Properties } from '../types.ts';
import { inUse, invalid, taken } from './errors.ts';
import { applyFirewalls, firewallsOf, type Rule } from './firewall-rules.ts';
import { refuseLabels } from './labels.ts';
import { findServer } from './server-addresses.ts';

// https://docs.hetzner.com/cloud/firewalls/overview/#limits
const mostRules = 50;

function refuse(context: Context, inputs: Properties, self?: string): void {
  if (!inputs.name) throw invalid("invalid input in field 'name'");
  if (context.list('Firewall').some((other) => other.inputs.name === inputs.name && other.id !== self)) {
    throw taken('name is already used');
  }
  refuseLabels(inputs);
  const rules = (inputs.rules as Rule[] | undefined) ?? [];
  if (rules.length > mostRules) throw invalid("invalid input in field 'rules': too many rules");
  rules.forEach(refuseRule);
  for (const { server } of (inputs.applyTos as { server?: number }[] | undefined) ?? []) {
    if (server !== undefined) findServer(context, server);
  }
}

function refuseRule(rule: Rule): void {
  const { direction, protocol, port, sourceIps = [], destinationIps = [] } = rule;
  if (direction !== 'in' && direction !== 'out') throw invalid(`${direction} is not a valid direction`);
  if (['gre', 'esp'].includes(protocol)) throw invalid(`the lab filters no ${protocol}`);
  if (!['tcp', 'udp', 'icmp'].includes(protocol)) throw invalid(`${protocol} is not a valid protocol`);
  if ((protocol === 'icmp') === (port !== undefined)) {
    throw invalid(`port is ${protocol === 'icmp' ? 'not allowed' : 'required'} for protocol ${protocol}`);
  }
  if (port !== undefined && !validPort(port)) throw invalid(`${port} is not a valid port`);
  const [needed, other] = direction === 'in' ? [sourceIps, destinationIps] : [destinationIps, sourceIps];
  if (needed.length === 0 || other.length > 0) {
    throw invalid(`a rule with direction '${direction}' needs ${direction === 'in' ? 'source' : 'destination'} IPs, \
and no others`);
  }
  for (const range of needed) if (!validRange(range)) throw invalid(`${range} is not a valid CIDR`);
}

function validPort(port: string): boolean {
  if (port === 'any') return true;
  const match = /^(\d+)(?:-(\d+))?$/.exec(port);
  const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  return from >= 1 && to <= 65_535 && from <= to;
}

function validRange(range: string): boolean {
  const [ip = '', bits, ...rest] = range.split('/');
  const width = { 0: -1, 4: 32, 6: 128 }[isIP(ip)] ?? -1;
  return rest.length === 0 && bits !== undefined && /^\d+$/.test(bits) && Number(bits) <= width;
}

/** https://www.pulumi.com/registry/packages/hcloud/api-docs/firewall/ */
export const firewall: Kind = {
  plan(context, inputs) {
    refuse(context, inputs);
    return { id: String(10_000_000 + context.next()), inputs, outputs: {}, hidden: {} };
  },
  realise: (context) => applyFirewalls(context),
  async update(context, object, inputs) {
    refuse(context, inputs, object.id);
    object.inputs = inputs;
    await applyFirewalls(context);
  },
  refuseRemoval(context, object) {
    const used = context.list('Server').some((server) => firewallsOf(context, server).includes(object));
    if (used) throw inUse(`firewall with ID '${object.id}' is still in use`);
  },
  // It is marked as going, so no machine counts it any more.
  remove: (context) => applyFirewalls(context),
};

/** https://www.pulumi.com/registry/packages/hcloud/api-docs/firewallattachment/ */
export const firewallAttachment: Kind = {
  plan(context, inputs) {
    refuseAttachment(context, inputs);
    return { id: String(inputs.firewallId), inputs, outputs: {}, hidden: {} };
  },
  realise: (context) => applyFirewalls(context),
  async update(context, object, inputs) {
    refuseAttachment(context, inputs);
    object.inputs = inputs;
    await applyFirewalls(context);
  },
  partOf: ({ firewallId }) => [['Firewall', String(firewallId)]],
  remove: (context) => applyFirewalls(context),
};

function refuseAttachment(context: Context, inputs: Properties): void {
  if (!context.list('Firewall').some(({ id }) => id === String(inputs.firewallId))) {
    throw invalid(`firewall with ID '${inputs.firewallId}' not found`);
  }
  for (const id of (inputs.serverIds as number[] | undefined) ?? []) findServer(context, id);
}
