import { SpacesKey } from '@pulumi/digitalocean/spacesKey.js';
import * as pulumi from '@pulumi/pulumi';
import type { StorageConfig } from '../config/types.ts';
import type { BucketAccess } from '../host/types.ts';
import type { Buckets } from './buckets.ts';

export interface SourceBucketsArgs {
  /** Region and names of the source's buckets. */
  storage: Required<StorageConfig>;
  /** Whether the copy may read the source's media. */
  media: 'read-only' | 'empty';
}

/** A key that opens nothing, where the app wants to have one. */
const NO_KEY = { accessKey: 'none', secretKey: 'none' };

const placeOf = ({ region }: StorageConfig, bucket: string) => ({
  bucket,
  region,
  endpoint: `${region}.digitaloceanspaces.com`,
});

/** Where the source's buckets are, for a machine that may not have a key yet. */
export function withoutKeys(storage: StorageConfig): Pick<Buckets, 'media' | 'backups'> {
  const closed = (bucket: string) => pulumi.output({ ...placeOf(storage, bucket), ...NO_KEY });
  return { media: closed(storage.media), backups: closed(storage.backups) };
}

/**
 * Another stack's buckets, to be read and never written: no bucket of its own, only keys with the permission `read`.
 * https://docs.digitalocean.com/products/spaces/how-to/manage-access/
 */
export class SourceBuckets extends pulumi.ComponentResource implements Buckets {
  readonly media: pulumi.Output<BucketAccess>;
  readonly backups: pulumi.Output<BucketAccess>;
  readonly names: pulumi.Output<{ media: string; backups: string }>;
  /** They are the source's, and in its project. */
  readonly urns: pulumi.Output<string>[] = [];

  constructor(
    name: string,
    { storage, media }: SourceBucketsArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('social-coop:storage:Source', name, {}, options);
    const read = (purpose: 'media' | 'backups') => {
      const bucket = storage[purpose];
      const key = new SpacesKey(
        `${name}-${purpose}-key`,
        { name: `${bucket}-read-${name}`, grants: [{ bucket, permission: 'read' }] },
        { parent: this },
      );
      return pulumi
        .all([key.accessKey, key.secretKey])
        .apply(([accessKey, secretKey]) => ({ ...placeOf(storage, bucket), accessKey, secretKey }));
    };
    this.backups = read('backups');
    this.media = media === 'read-only' ? read('media') : withoutKeys(storage).media;
    this.names = pulumi.output({ media: storage.media, backups: storage.backups });
    this.registerOutputs({ names: this.names });
  }
}
