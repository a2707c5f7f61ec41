import { SpacesBucket } from '@pulumi/digitalocean/spacesBucket.js';
import { SpacesKey } from '@pulumi/digitalocean/spacesKey.js';
import * as pulumi from '@pulumi/pulumi';
import type { RestoreConfig, StorageConfig } from '../config/types.ts';
import type { BucketAccess } from '../host/types.ts';
import type { Buckets } from './buckets.ts';
import { copyName } from './copy-name.ts';

export interface CopyOf {
  /** Region and names of the source's buckets. */
  storage: Required<StorageConfig>;
  /** What of the source's media the copy has. */
  media: RestoreConfig['media'];
  /** Stack of the copy: a bucket of its own is named after it. */
  stack: string;
}

export interface SourceBucketsArgs extends CopyOf {
  /** Must exist before a bucket does. Default none. */
  after?: pulumi.Resource[];
}

/** A key that opens nothing, where the app wants to have one. */
export const NO_KEY = { accessKey: 'none', secretKey: 'none' };

/** A bucket of its own lies where the source's do: one endpoint, which the fence has pinned. */
const placeOf = ({ region }: StorageConfig, bucket: string) => ({
  bucket,
  region,
  endpoint: `${region}.digitaloceanspaces.com`,
});

const mediaOf = ({ storage, media, stack }: CopyOf) =>
  media === 'copy' ? copyName(storage.media, stack) : storage.media;

/** Where a copy's buckets are, for a machine that may not have a key yet. */
export function withoutKeys(of: CopyOf): Pick<Buckets, 'media' | 'mediaSource' | 'backups'> {
  const closed = (bucket: string) => pulumi.output({ ...placeOf(of.storage, bucket), ...NO_KEY });
  return {
    media: closed(mediaOf(of)),
    ...(of.media === 'copy' && { mediaSource: closed(of.storage.media) }),
    backups: closed(of.storage.backups),
  };
}

/**
 * Another stack's buckets, to be read and never written: only keys with the permission `read`. Where the copy has media of
 * its own, also the bucket they are copied to, which goes with what is in it, and a key for that one alone.
 * https://docs.digitalocean.com/products/spaces/how-to/manage-access/
 */
export class SourceBuckets extends pulumi.ComponentResource implements Buckets {
  readonly media: pulumi.Output<BucketAccess>;
  readonly mediaSource?: pulumi.Output<BucketAccess>;
  readonly backups: pulumi.Output<BucketAccess>;
  readonly names: pulumi.Output<{ media: string; backups: string }>;
  /** The source's are in its project. */
  readonly urns: pulumi.Output<string>[] = [];

  constructor(name: string, args: SourceBucketsArgs, options?: pulumi.ComponentResourceOptions) {
    super('social-coop:storage:Source', name, {}, options);
    const { storage, media } = args;
    const { backups } = storage;
    this.backups = this.key(
      `${name}-backups-key`,
      placeOf(storage, backups),
      'read',
      `${backups}-read-${name}`,
    );
    const read = (purpose: string) =>
      this.key(
        `${name}-${purpose}-key`,
        placeOf(storage, storage.media),
        'read',
        `${storage.media}-read-${name}`,
      );
    if (media === 'copy') {
      const bucket = this.bucket(name, args);
      this.urns = [bucket.bucketUrn];
      this.media = this.key(
        `${name}-media-key`,
        placeOf(storage, mediaOf(args)),
        'readwrite',
        `${mediaOf(args)}-readwrite`,
        bucket,
      );
      this.mediaSource = read('media-source');
    } else {
      this.media = media === 'read-only' ? read('media') : withoutKeys(args).media;
    }
    this.names = pulumi.output({ media: mediaOf(args), backups });
    this.registerOutputs({ names: this.names });
  }

  /** Neither versions nor protection: everything in it is in the source's. */
  private bucket(name: string, args: SourceBucketsArgs): SpacesBucket {
    return new SpacesBucket(
      `${name}-media`,
      { name: mediaOf(args), region: args.storage.region, acl: 'private', forceDestroy: true },
      { parent: this, ...(args.after && { dependsOn: args.after }) },
    );
  }

  private key(
    resource: string,
    place: ReturnType<typeof placeOf>,
    permission: 'read' | 'readwrite',
    keyName: string,
    bucket?: SpacesBucket,
  ): pulumi.Output<BucketAccess> {
    const key = new SpacesKey(
      resource,
      { name: keyName, grants: [{ bucket: bucket?.name ?? place.bucket, permission }] },
      { parent: this },
    );
    return pulumi
      .all([key.accessKey, key.secretKey])
      .apply(([accessKey, secretKey]) => ({ ...place, accessKey, secretKey }));
  }
}
