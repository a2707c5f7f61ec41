import type { FirewallRule, FirewallRules } from '../backends.ts';
import { inOrder } from '../in-order.ts';
import type { CloudObject, Context, Properties } from '../types.ts';
import { hiddenOf } from './droplet.ts';

type Rule = Record<string, unknown> & { protocol: 'tcp' | 'udp' | 'icmp'; portRange?: string };

const queue = inOrder();

/**
 * Brings every machine's rules in line with the firewalls attached to it. Attached firewalls add up; a machine with
 * a firewall but no outbound rule lets nothing out; a machine without any is open.
 * https://docs.digitalocean.com/products/networking/firewalls/
 */
export const applyFirewalls = (context: Context): Promise<void> => queue(() => apply(context));

async function apply(context: Context): Promise<void> {
  const firewalls = context.list('Firewall');
  for (const droplet of context.list('Droplet')) {
    const attached = firewalls.filter((firewall) => covers(firewall, droplet));
    const rules: FirewallRules | undefined =
      attached.length === 0
        ? undefined
        : {
            inbound: attached.flatMap((f) => translate(context, f, 'inboundRules', 'source')),
            outbound: attached.flatMap((f) => translate(context, f, 'outboundRules', 'destination')),
          };
    await context.backends.machines.setFirewall(hiddenOf(droplet).mac, rules);
  }
}

function covers(firewall: CloudObject, droplet: CloudObject): boolean {
  const ids = (firewall.inputs.dropletIds as number[] | undefined) ?? [];
  return ids.map(String).includes(droplet.id) || shareTag(firewall.inputs, droplet.inputs);
}

const tagsOf = (inputs: Properties) => (inputs.tags as string[] | undefined) ?? [];
const shareTag = (a: Properties, b: Properties) => tagsOf(a).some((tag) => tagsOf(b).includes(tag));

function translate(context: Context, firewall: CloudObject, list: string, side: string): FirewallRule[] {
  return ((firewall.inputs[list] as Rule[] | undefined) ?? []).map((rule) => {
    const ids = ((rule[`${side}DropletIds`] as number[] | undefined) ?? []).map(String);
    const tags = { tags: rule[`${side}Tags`] };
    const peers = context
      .list('Droplet')
      .filter((droplet) => ids.includes(droplet.id) || shareTag(tags, droplet.inputs))
      .flatMap((droplet) => [hiddenOf(droplet).ip4, hiddenOf(droplet).ip6]);
    const addresses = [...((rule[`${side}Addresses`] as string[] | undefined) ?? []), ...peers];
    const ports = rule.protocol === 'icmp' ? undefined : everyPort(rule.portRange);
    return { protocol: rule.protocol, ...(ports ? { ports } : {}), addresses };
  });
}

const everyPort = (range: string | undefined) =>
  range === undefined || range === 'all' || range === '0' ? '1-65535' : range;
