import type { Properties } from '../types.ts';
import type { ApiRequest, Change, Changed, Seen } from './types.ts';

interface Rule {
  protocol: string;
  ports?: string;
  sources?: { addresses?: string[] };
  destinations?: { addresses?: string[] };
}

/** What may be changed by hand, so to speak: https://docs.digitalocean.com/reference/api/digitalocean/ */
export function changeDigitalOcean(
  { method, path, body }: ApiRequest,
  _seen: Seen,
  change: Change,
): Promise<Changed> | undefined {
  const [, kind = '', id = '', more] = path;
  switch (`${method} ${kind}`) {
    case 'PUT firewalls':
      return change
        .update(change.find('Firewall', id), firewallOf(body))
        .then(() => [200, { firewall: { id } }]);
    case 'POST firewalls':
      if (!body.name) return undefined;
      return change.create('Firewall', firewallOf(body)).then((made) => [202, { firewall: { id: made.id } }]);
    case 'DELETE firewalls':
      return change.remove(change.find('Firewall', id)).then(() => [204]);
    case 'PATCH projects': {
      const project = change.find('Project', id);
      return change.update(project, { ...project.inputs, ...body }).then(() => [200, { project: { id } }]);
    }
    case 'DELETE spaces':
      return change.remove(change.find('SpacesKey', more ?? '')).then(() => [204]);
    case 'POST droplets':
      return more === 'actions' ? act(change, id, body) : undefined;
  }
  return undefined;
}

async function act(change: Change, id: string, { type, name }: Properties): Promise<Changed> {
  const droplet = change.find('Droplet', id);
  if (type === 'power_off') await change.powerOff(droplet);
  else if (type === 'rename') await change.update(droplet, { ...droplet.inputs, name });
  else throw new Error(`the lab knows no action ${type} of a Droplet`);
  return [201, { action: { status: 'in-progress', type } }];
}

const firewallOf = (body: Properties): Properties => ({
  name: body.name,
  dropletIds: body.droplet_ids,
  inboundRules: rules(body.inbound_rules, 'sources', 'sourceAddresses'),
  outboundRules: rules(body.outbound_rules, 'destinations', 'destinationAddresses'),
});

const rules = (given: unknown, from: 'sources' | 'destinations', to: string) =>
  ((given as Rule[] | undefined) ?? []).map((rule) => ({
    ...{ protocol: rule.protocol, portRange: rule.ports },
    [to]: rule[from]?.addresses ?? [],
  }));
