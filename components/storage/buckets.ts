import type * as pulumi from '@pulumi/pulumi';
import type { StorageConfig } from '../config/types.ts';
import type { BucketAccess } from '../host/types.ts';

/** A stack's two buckets, whoever keeps them, each with a key of its own. */
export interface Buckets {
  /** Media, with a key that may read and write it and nothing else. The secret key is a secret. */
  readonly media: pulumi.Output<BucketAccess>;
  /** Backups, likewise. */
  readonly backups: pulumi.Output<BucketAccess>;
  /** Of a copy that has a media bucket of its own: the source's, with a key that may read it and nothing else. */
  readonly mediaSource?: pulumi.Output<BucketAccess> | undefined;
  /** Names as they are, whatever the configuration says; no secret, as the accesses are. */
  readonly names: pulumi.Output<{ media: string; backups: string }>;
  /** Names the provider groups them by. */
  readonly urns: pulumi.Output<string>[];
}

export interface BucketsArgs {
  /** Provider, region and names. */
  storage: Required<StorageConfig>;
  /** Days an old version of an object is kept. */
  retentionDays: number;
  /** Refuses to delete the buckets; without it, deleting a bucket deletes what is in it. Default false. */
  protect: boolean;
  /** Takes over buckets of these names that are there already, instead of making them. Default false. */
  adopt?: boolean;
  /** Must exist before the buckets do. Default none. */
  after?: pulumi.Resource[];
}
