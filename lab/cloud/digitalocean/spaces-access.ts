import type { Grant } from '../backends.ts';
import { inOrder } from '../in-order.ts';
import type { Context } from '../types.ts';
import { bucketOf } from './spaces-bucket.ts';

export interface KeyGrant {
  /** Empty: every bucket of the account. */
  bucket: string;
  permission: Grant['permission'];
}

export const grantsOf = (inputs: Record<string, unknown>) => (inputs.grants as KeyGrant[] | undefined) ?? [];

/** Gives every bucket of the account the keys that reach it now: the account's own, and those of SpacesKey. */
export const applyAccess = (context: Context): Promise<void> => queue(() => apply(context));

const queue = inOrder();

async function apply(context: Context): Promise<void> {
  const { storage } = context.backends;
  const { spaces } = context.account;
  if (spaces && !(await storage.userExists(spaces.accessKey))) await storage.createUser(spaces);
  const owner: Grant[] = spaces ? [{ accessKey: spaces.accessKey, permission: 'fullaccess' }] : [];
  // A policy may name nobody who is not there: a key that is being made comes with its own call.
  const users = new Set<string>();
  for (const { id } of context.list('SpacesKey')) if (await storage.userExists(id)) users.add(id);
  for (const object of context.list('SpacesBucket')) {
    const bucket = bucketOf(object);
    if (!(await storage.bucketExists(bucket))) continue;
    const keys = context
      .list('SpacesKey')
      .filter(({ id }) => users.has(id))
      .flatMap((key) =>
        grantsOf(key.inputs)
          .filter((grant) => grant.bucket === object.id || grant.bucket === '')
          .map(({ permission }) => ({ accessKey: key.id, permission })),
      );
    const policy = context.list('SpacesBucketPolicy').find((other) => other.inputs.bucket === object.id);
    await storage.setAccess(bucket, [...owner, ...keys], policy && String(policy.inputs.policy));
  }
}
