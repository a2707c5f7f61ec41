import { ApiError, unprocessable } from '../api-error.ts';
import type { Bucket, LifecycleRule } from '../backends.ts';
import { inOrder } from '../in-order.ts';
import type { CloudObject, Kind, Properties } from '../types.ts';
import { spacesRegions } from './catalog.ts';
import { applyAccess } from './spaces-access.ts';

export const bucketOf = (object: CloudObject): Bucket => ({
  region: String(object.inputs.region),
  name: object.id,
});

const queue = inOrder();

interface GivenRule {
  id?: string;
  enabled: boolean;
  prefix?: string;
  abortIncompleteMultipartUploadDays?: number;
  expiration?: { days?: number };
  noncurrentVersionExpiration?: { days?: number };
}

function lifecycleOf(inputs: Properties): LifecycleRule[] {
  return ((inputs.lifecycleRules as GivenRule[] | undefined) ?? []).map((rule) => ({
    enabled: rule.enabled,
    ...(rule.id ? { id: rule.id } : {}),
    ...(rule.prefix ? { prefix: rule.prefix } : {}),
    ...(rule.expiration?.days ? { expirationDays: rule.expiration.days } : {}),
    ...(rule.noncurrentVersionExpiration?.days
      ? { noncurrentDays: rule.noncurrentVersionExpiration.days }
      : {}),
    ...(rule.abortIncompleteMultipartUploadDays
      ? { abortIncompleteMultipartUploadDays: rule.abortIncompleteMultipartUploadDays }
      : {}),
  }));
}

const versioned = (inputs: Properties) =>
  (inputs.versioning as { enabled?: boolean } | undefined)?.enabled === true;
const aclOf = (inputs: Properties) => (inputs.acl ?? 'private') as 'private' | 'public-read';

function refuse(inputs: Properties): void {
  // https://docs.digitalocean.com/products/spaces/details/limits/
  if (!/^(?=.{3,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(String(inputs.name ?? ''))) {
    throw new ApiError(400, '', 'InvalidBucketName');
  }
  if (!spacesRegions.includes(String(inputs.region))) {
    throw unprocessable(
      `expected region to be one of ${JSON.stringify(spacesRegions)}, got ${inputs.region}`,
    );
  }
  if (!['private', 'public-read'].includes(aclOf(inputs))) throw new ApiError(400, '', 'InvalidArgument');
}

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/spacesbucket/ */
export const spacesBucket: Kind = {
  plan(context, given) {
    const inputs: Properties = { region: 'nyc3', acl: 'private', ...given };
    refuse(inputs);
    const id = String(inputs.name);
    // Bucket names are unique in the world, whoever owns them.
    if (context.world('SpacesBucket').some((bucket) => bucket.id === id)) {
      throw new ApiError(409, '', 'BucketAlreadyExists');
    }
    const endpoint = `${inputs.region}.digitaloceanspaces.com`;
    const outputs = { bucketUrn: `do:space:${id}`, endpoint, bucketDomainName: `${id}.${endpoint}` };
    return { id, inputs, outputs, hidden: {} };
  },

  async realise(context, object) {
    const { storage } = context.backends;
    const bucket = bucketOf(object);
    // The first bucket of a region starts its server.
    await queue(async () => {
      if (await storage.bucketExists(bucket)) return;
      const versioning = versioned(object.inputs);
      await storage.createBucket({ ...bucket, acl: aclOf(object.inputs), versioning });
    });
    await storage.setLifecycle(bucket, lifecycleOf(object.inputs));
    await applyAccess(context);
  },

  refresh: (context, object) => context.backends.storage.bucketExists(bucketOf(object)),

  async update(context, object, given) {
    const inputs: Properties = { region: object.inputs.region, acl: 'private', ...given };
    refuse(inputs);
    if (inputs.name !== object.id)
      throw unprocessable(`a bucket cannot be renamed (${object.id} to ${inputs.name})`);
    const { storage } = context.backends;
    const bucket = bucketOf(object);
    if (versioned(inputs) !== versioned(object.inputs))
      await storage.setVersioning(bucket, versioned(inputs));
    if (aclOf(inputs) !== aclOf(object.inputs)) await storage.setBucketAcl(bucket, aclOf(inputs));
    await storage.setLifecycle(bucket, lifecycleOf(inputs));
    object.inputs = inputs;
  },

  async remove(context, object) {
    const { storage } = context.backends;
    const bucket = bucketOf(object);
    if (!(await storage.bucketExists(bucket))) return;
    await storage.deleteBucket({ ...bucket, force: object.inputs.forceDestroy === true });
  },
};
