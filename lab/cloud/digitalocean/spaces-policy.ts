import { ApiError, unprocessable } from '../api-error.ts';
import type { CloudObject, Context, Kind, Properties } from '../types.ts';
import { applyAccess, grantsOf } from './spaces-access.ts';
import { bucketOf } from './spaces-bucket.ts';

function findBucket(context: Context, inputs: Properties): CloudObject {
  const found = context.list('SpacesBucket').find(({ id }) => id === inputs.bucket);
  if (!found || found.inputs.region !== inputs.region) throw new ApiError(404, '', 'NoSuchBucket');
  return found;
}

function refusePolicy(context: Context, inputs: Properties): void {
  findBucket(context, inputs);
  try {
    JSON.parse(String(inputs.policy));
  } catch {
    throw new ApiError(400, 'policy is no JSON document', 'MalformedPolicy');
  }
  // https://docs.digitalocean.com/products/spaces/how-to/manage-access/
  const limited = context
    .list('SpacesKey')
    .some((key) => grantsOf(key.inputs).some((g) => g.bucket === inputs.bucket));
  if (limited)
    throw unprocessable(
      `bucket ${inputs.bucket} has limited access keys: a bucket policy cannot be used with them`,
    );
}

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/spacesbucketpolicy/ */
export const spacesBucketPolicy: Kind = {
  plan(context, inputs) {
    refusePolicy(context, inputs);
    return { id: String(inputs.bucket), inputs, outputs: {}, hidden: {} };
  },
  partOf: ({ bucket }) => [['SpacesBucket', String(bucket)]],
  realise: (context) => applyAccess(context),
  async update(context, object, inputs) {
    refusePolicy(context, inputs);
    object.inputs = inputs;
    await applyAccess(context);
  },
  remove: (context) => applyAccess(context),
};

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/spacesbucketcorsconfiguration/ */
export const spacesBucketCors: Kind = {
  plan(context, inputs) {
    findBucket(context, inputs);
    return { id: String(inputs.bucket), inputs, outputs: {}, hidden: {} };
  },
  partOf: ({ bucket }) => [['SpacesBucket', String(bucket)]],
  realise: (context, object) => putCors(context, object.inputs),
  async update(context, object, inputs) {
    await putCors(context, inputs);
    object.inputs = inputs;
  },
  async remove(context, object) {
    const bucket = context.list('SpacesBucket').find(({ id }) => id === object.inputs.bucket);
    if (bucket) await context.backends.storage.setCors(bucketOf(bucket), []);
  },
};

async function putCors(context: Context, inputs: Properties): Promise<void> {
  const bucket = bucketOf(findBucket(context, inputs));
  await context.backends.storage.setCors(bucket, inputs.corsRules as never);
}
