import type { FirewallRule, FirewallRules } from '../backends.ts';
import { inOrder } from '../in-order.ts';
import type { CloudObject, Context } from '../types.ts';
import { labelsOf, selects } from './labels.ts';
import { hiddenOf } from './server-addresses.ts';

export interface Rule {
  direction: 'in' | 'out';
  protocol: string;
  port?: string;
  sourceIps?: string[];
  destinationIps?: string[];
}

export const rulesOf = ({ inputs }: CloudObject) => (inputs.rules as Rule[] | undefined) ?? [];

const queue = inOrder();

/**
 * Brings every machine's rules in line with the firewalls applied to it. They add up; nothing enters but by a rule, and
 * everything may leave until there is a rule for leaving. https://docs.hetzner.com/cloud/firewalls/overview/
 */
export const applyFirewalls = (context: Context): Promise<void> => queue(() => apply(context));

async function apply(context: Context): Promise<void> {
  for (const server of context.list('Server')) {
    const rules = firewallsOf(context, server).flatMap(rulesOf);
    const out = rules.filter(({ direction }) => direction === 'out');
    const effective: FirewallRules = {
      inbound: rules.filter(({ direction }) => direction === 'in').map(translate),
      outbound: out.length > 0 ? out.map(translate) : everything,
    };
    const closed = firewallsOf(context, server).length > 0;
    await context.backends.machines.setFirewall(hiddenOf(server).mac, closed ? effective : undefined);
  }
}

const everything: FirewallRule[] = (['tcp', 'udp', 'icmp'] as const).map((protocol) => ({
  protocol,
  addresses: ['0.0.0.0/0', '::/0'],
}));

function translate({ direction, protocol, port, sourceIps, destinationIps }: Rule): FirewallRule {
  const ports = port === undefined ? undefined : port === 'any' ? '1-65535' : port;
  return {
    protocol: protocol as FirewallRule['protocol'],
    ...(ports ? { ports } : {}),
    addresses: (direction === 'in' ? sourceIps : destinationIps) ?? [],
  };
}

/** Every firewall applied to a server: by the server, by the firewall, by an attachment, each also by labels. */
export function firewallsOf(context: Context, server: CloudObject): CloudObject[] {
  const labels = labelsOf(server.inputs);
  const byServer = (server.inputs.firewallIds as number[] | undefined) ?? [];
  const attachments = context.list('FirewallAttachment').filter(({ inputs }) => {
    const ids = (inputs.serverIds as number[] | undefined) ?? [];
    const selectors = (inputs.labelSelectors as string[] | undefined) ?? [];
    return ids.map(String).includes(server.id) || selectors.some((text) => selects(text, labels));
  });
  const wanted = [...byServer, ...attachments.map(({ inputs }) => inputs.firewallId)].map(String);
  return context.list('Firewall').filter((firewall) => {
    const targets = (firewall.inputs.applyTos as { server?: number; labelSelector?: string }[]) ?? [];
    const applied = targets.some(({ server: id, labelSelector }) =>
      id === undefined
        ? labelSelector !== undefined && selects(labelSelector, labels)
        : String(id) === server.id,
    );
    return applied || wanted.includes(firewall.id);
  });
}
