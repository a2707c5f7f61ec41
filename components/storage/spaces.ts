import { SpacesBucket } from '@pulumi/digitalocean/spacesBucket.js';
import { SpacesKey } from '@pulumi/digitalocean/spacesKey.js';
import * as pulumi from '@pulumi/pulumi';
import type { BucketAccess } from '../host/types.ts';
import { report } from '../machine/ignored.ts';
import type { Buckets, BucketsArgs } from './buckets.ts';
import { ignoredBucket } from './ignored.ts';

/** Days after which the parts of an upload that was never finished are removed. */
const UNFINISHED_DAYS = 2;

/** Every input of a bucket. */
const all = ['name', 'region', 'acl', 'versioning', 'lifecycleRules', 'forceDestroy'];

/**
 * Two private buckets at DigitalOcean Spaces and a limited key for each.
 *
 * What the app uploads with the ACL `public-read` can be read by anybody; listing cannot. There is no bucket policy:
 * Spaces refuses one beside limited keys (https://docs.digitalocean.com/products/spaces/how-to/configure-bucket-policies/).
 * A key that may write may also delete, old versions included: versioning protects from mistakes, not from its thief.
 */
export class SpacesBuckets extends pulumi.ComponentResource implements Buckets {
  readonly media: pulumi.Output<BucketAccess>;
  readonly backups: pulumi.Output<BucketAccess>;
  readonly names: pulumi.Output<{ media: string; backups: string }>;
  readonly urns: pulumi.Output<string>[];

  constructor(name: string, args: BucketsArgs, options?: pulumi.ComponentResourceOptions) {
    super('social-coop:storage:Spaces', name, {}, options);
    const media = this.bucket(name, 'media', args);
    const backups = this.bucket(name, 'backups', args);
    this.media = this.access(name, 'media', media);
    this.backups = this.access(name, 'backups', backups);
    this.names = pulumi.output({ media: media.name, backups: backups.name });
    this.urns = [media.bucketUrn, backups.bucketUrn];
    this.registerOutputs({ names: this.names });
  }

  /** https://www.pulumi.com/registry/packages/digitalocean/api-docs/spacesbucket/ */
  private bucket(name: string, purpose: 'media' | 'backups', args: BucketsArgs): SpacesBucket {
    const wanted = { name: args.storage[purpose], region: args.storage.region };
    const bucket = new SpacesBucket(
      `${name}-${purpose}`,
      {
        ...wanted,
        acl: 'private',
        versioning: { enabled: true },
        lifecycleRules: [
          { id: 'old-versions', enabled: true, noncurrentVersionExpiration: { days: args.retentionDays } },
          { id: 'unfinished-uploads', enabled: true, abortIncompleteMultipartUploadDays: UNFINISHED_DAYS },
        ],
        forceDestroy: !args.protect,
      },
      // The provider would rename nothing and lose the bucket from its state; another region would replace it.
      {
        parent: this,
        ignoreChanges: args.adopt ? all : ['name', 'region'],
        protect: args.protect,
        dependsOn: args.after,
        // What differs from how we make one is for the next update: an import that differs fails.
        ...(args.adopt && { import: `${wanted.region},${wanted.name}` }),
      },
    );
    pulumi.all([bucket.name, bucket.region, bucket.urn]).apply(([name, region, urn]) => {
      const found = ignoredBucket(purpose, { name, region: region ?? wanted.region }, wanted, urn);
      for (const ignored of found) pulumi.log.warn(report(ignored), bucket);
    });
    return bucket;
  }

  /** https://www.pulumi.com/registry/packages/digitalocean/api-docs/spaceskey/ */
  private access(name: string, purpose: string, bucket: SpacesBucket): pulumi.Output<BucketAccess> {
    const key = new SpacesKey(
      `${name}-${purpose}-key`,
      // By the bucket's real name: an ignored edit of the name must not cut the key off.
      {
        name: pulumi.interpolate`${bucket.name}-readwrite`,
        grants: [{ bucket: bucket.name, permission: 'readwrite' }],
      },
      { parent: this },
    );
    return pulumi
      .all([bucket.name, bucket.region, key.accessKey, key.secretKey])
      .apply(([bucket, region, accessKey, secretKey]) => ({
        bucket,
        region: region ?? '',
        endpoint: `${region}.digitaloceanspaces.com`,
        accessKey,
        secretKey,
      }));
  }
}
