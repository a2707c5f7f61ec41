import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { unprocessable } from '../api-error.ts';
import type { Context, Kind, Properties } from '../types.ts';
import { applyFirewalls } from './firewall-rules.ts';

type Rule = Record<string, unknown> & { protocol: string; portRange?: string };

function refuse(context: Context, inputs: Properties): void {
  const rules = [
    ...((inputs.inboundRules as Rule[] | undefined) ?? []),
    ...((inputs.outboundRules as Rule[] | undefined) ?? []),
  ];
  if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]*$/.test(String(inputs.name ?? ''))) {
    throw unprocessable('name must contain only letters, digits, dots and dashes');
  }
  if (rules.length === 0) throw unprocessable('firewall must have at least one rule');
  for (const rule of rules) refuseRule(rule);
  const ids = ((inputs.dropletIds as number[] | undefined) ?? []).map(String);
  const unknown = ids.filter((id) => !context.list('Droplet').some((droplet) => droplet.id === id));
  if (unknown.length > 0) throw unprocessable(`droplet ids are invalid: ${unknown.join(', ')}`);
}

function refuseRule(rule: Rule): void {
  if (!['tcp', 'udp', 'icmp'].includes(rule.protocol)) {
    throw unprocessable(`protocol must be one of tcp, udp, icmp, not '${rule.protocol}'`);
  }
  const range = rule.portRange ?? '';
  if (rule.protocol !== 'icmp' && !validRange(range)) {
    throw unprocessable(`invalid port range '${range}' for protocol '${rule.protocol}'`);
  }
  for (const address of [
    ...((rule.sourceAddresses as string[] | undefined) ?? []),
    ...((rule.destinationAddresses as string[] | undefined) ?? []),
  ]) {
    const [ip = '', bits, ...rest] = address.split('/');
    const width = isIP(ip) === 6 ? 128 : 32;
    const prefix = bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= width);
    if (isIP(ip) === 0 || !prefix || rest.length > 0) throw unprocessable(`invalid address '${address}'`);
  }
}

function validRange(range: string): boolean {
  if (range === 'all' || range === '0') return true;
  const match = /^(\d+)(?:-(\d+))?$/.exec(range);
  if (!match) return false;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from >= 1 && to <= 65_535 && from <= to;
}

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/firewall/ */
export const firewall: Kind = {
  plan(context, inputs) {
    refuse(context, inputs);
    if (context.list('Firewall').some((other) => other.inputs.name === inputs.name)) {
      throw unprocessable('duplicate name');
    }
    const outputs = { createdAt: new Date().toISOString(), pendingChanges: [], status: 'succeeded' };
    return { id: randomUUID(), inputs, outputs, hidden: {} };
  },
  realise: (context) => applyFirewalls(context),
  async update(context, object, inputs) {
    refuse(context, inputs);
    object.inputs = inputs;
    await applyFirewalls(context);
  },
  // It is marked as going, so no machine counts it any more.
  remove: (context) => applyFirewalls(context),
};
