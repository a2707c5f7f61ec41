import { randomUUID } from 'node:crypto';
import { ApiError, notFound, unprocessable } from '../api-error.ts';
import type { Context, Kind, Properties } from '../types.ts';

const environments = ['development', 'staging', 'production'];
// URN kinds of https://docs.digitalocean.com/reference/api/digitalocean/#tag/Project-Resources that the lab has.
const members: Record<string, string> = {
  droplet: 'Droplet',
  reservedip: 'ReservedIp',
  floatingip: 'ReservedIp',
  space: 'SpacesBucket',
};

function refuseMembers(context: Context, urns: unknown): void {
  for (const urn of (urns as string[] | undefined) ?? []) {
    const [, kind = '', ...id] = urn.split(':');
    const type = members[kind];
    if (!urn.startsWith('do:') || !type) throw unprocessable(`invalid URN: ${urn}`);
    if (!context.list(type).some((object) => object.id === id.join(':'))) {
      throw notFound(`resource not found: ${urn}`);
    }
  }
}

function refuse(context: Context, inputs: Properties, self?: string): void {
  const { environment, name } = inputs;
  if (environment !== undefined && !environments.includes(String(environment).toLowerCase())) {
    throw unprocessable(`environment must be one of Development, Staging, Production, not '${environment}'`);
  }
  if (context.list('Project').some((project) => project.inputs.name === name && project.id !== self)) {
    throw new ApiError(409, 'name is already in use', 'conflict');
  }
  refuseMembers(context, inputs.resources);
}

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/project/ */
export const project: Kind = {
  plan(context, inputs) {
    refuse(context, inputs);
    const now = new Date().toISOString();
    const outputs = {
      purpose: 'Web Application',
      createdAt: now,
      updatedAt: now,
      ownerId: 1,
      ownerUuid: randomUUID(),
    };
    return { id: randomUUID(), inputs, outputs: { ...outputs, ...inputs }, hidden: {} };
  },
  async update(context, object, inputs) {
    refuse(context, inputs, object.id);
    object.inputs = inputs;
    Object.assign(object.outputs, inputs, { updatedAt: new Date().toISOString() });
  },
};

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/projectresources/ */
export const projectResources: Kind = {
  plan(context, inputs) {
    if (!context.list('Project').some(({ id }) => id === inputs.project)) throw notFound();
    refuseMembers(context, inputs.resources);
    return { id: String(inputs.project), inputs, outputs: {}, hidden: {} };
  },
  partOf: ({ project }) => [['Project', String(project)]],
  async update(context, object, inputs) {
    refuseMembers(context, inputs.resources);
    object.inputs = inputs;
  },
};
