import { randomBytes } from 'node:crypto';
import { unprocessable } from '../api-error.ts';
import type { Context, Kind, Properties } from '../types.ts';
import { applyAccess, grantsOf } from './spaces-access.ts';

const permissions = ['read', 'readwrite', 'fullaccess'];

function refuse(context: Context, inputs: Properties): void {
  for (const { bucket, permission } of grantsOf(inputs)) {
    if (!permissions.includes(permission)) throw unprocessable(`invalid permission: ${permission}`);
    if (permission === 'fullaccess' && bucket !== '') {
      throw unprocessable('fullaccess permission can only be granted to all buckets (an empty bucket name)');
    }
    if (permission !== 'fullaccess' && !context.list('SpacesBucket').some(({ id }) => id === bucket)) {
      throw unprocessable(`bucket ${bucket} not found`);
    }
    // Limited keys and bucket policies exclude each other:
    // https://docs.digitalocean.com/products/spaces/how-to/manage-access/
    if (context.list('SpacesBucketPolicy').some((policy) => policy.inputs.bucket === bucket)) {
      throw unprocessable(`bucket ${bucket} has a bucket policy: limited access keys cannot be used with it`);
    }
  }
}

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const accessKey = () =>
  `DO00${Array.from(randomBytes(16), (byte) => letters[byte % letters.length]).join('')}`;

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/spaceskey/ */
export const spacesKey: Kind = {
  plan(context, inputs) {
    refuse(context, inputs);
    const id = accessKey();
    const secretKey = randomBytes(32).toString('base64url');
    return {
      id,
      inputs,
      hidden: {},
      outputs: { accessKey: id, secretKey, createdAt: new Date().toISOString() },
    };
  },
  async realise(context, object) {
    const { storage } = context.backends;
    if (!(await storage.userExists(object.id))) {
      await storage.createUser({ accessKey: object.id, secretKey: String(object.outputs.secretKey) });
    }
    await applyAccess(context);
  },
  refresh: (context, object) => context.backends.storage.userExists(object.id),
  async update(context, object, inputs) {
    refuse(context, inputs);
    object.inputs = inputs;
    await applyAccess(context);
  },
  async remove(context, object) {
    // First from the buckets: a policy may not name a user that is gone.
    await applyAccess(context);
    const { storage } = context.backends;
    if (await storage.userExists(object.id)) await storage.deleteUser(object.id);
  },
};
