import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { paths } from '../paths.ts';
import { ObjectAcls } from './object-acl.ts';
import { regionDir } from './s3.ts';
import { lifecycleFile } from './s3-lifecycle.ts';
import { type Grant, policyOf } from './s3-policy.ts';
import { type Bucket, S3Error, type Sdk, withS3 } from './s3-sdk.ts';

export async function bucketExists({ region, name }: Bucket): Promise<boolean> {
  return existsSync(join(regionDir(region), 'data', name));
}

/** Creates a bucket owned by nobody but the lab; a name that is taken is refused, whoever took it. */
export async function createBucket(
  bucket: Bucket & { acl?: 'private' | 'public-read'; versioning?: boolean },
): Promise<void> {
  if (await bucketExists(bucket))
    throw new S3Error('BucketAlreadyExists', 409, `the bucket name ${bucket.name} is taken`);
  await withS3(bucket.region, (client, sdk) =>
    client.send(
      new sdk.CreateBucketCommand({
        Bucket: bucket.name,
        ObjectOwnership: 'BucketOwnerPreferred',
        ACL: bucket.acl,
      }),
    ),
  );
  if (bucket.versioning) await setVersioning(bucket, true);
}

/** Deletes a bucket; one that holds anything only with `force`, and then with every version. */
export async function deleteBucket({ region, name, force }: Bucket & { force?: boolean }): Promise<void> {
  await withS3(region, async (client, sdk) => {
    if (force) await empty(client, sdk, { region, name });
    else {
      // The gateway itself deletes a bucket that holds nothing but old versions; Spaces does not.
      const { Versions, DeleteMarkers } = await client.send(
        new sdk.ListObjectVersionsCommand({ Bucket: name, MaxKeys: 1 }),
      );
      if (Versions?.length || DeleteMarkers?.length)
        throw new S3Error('BucketNotEmpty', 409, `the bucket ${name} is not empty`);
    }
    await client.send(new sdk.DeleteBucketCommand({ Bucket: name }));
  });
  rmSync(join(regionDir(region), 'versions', name), { recursive: true, force: true });
  rmSync(lifecycleFile({ region, name }), { force: true });
  new ObjectAcls(join(paths.s3, 'acl', region)).forget(name);
}

async function empty(client: S3Client, sdk: Sdk, { name }: Bucket): Promise<void> {
  for (;;) {
    const page = await client.send(new sdk.ListObjectVersionsCommand({ Bucket: name }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) break;
    const { Errors } = await client.send(
      new sdk.DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } }),
    );
    if (Errors?.length)
      throw new S3Error(Errors[0]?.Code ?? 'InternalError', 500, `${name}: ${Errors[0]?.Message}`);
  }
  const { Uploads } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket: name }));
  for (const { Key, UploadId } of Uploads ?? [])
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: name, Key, UploadId }));
}

export async function setBucketAcl({ region, name }: Bucket, acl: 'private' | 'public-read'): Promise<void> {
  await withS3(region, (client, sdk) => client.send(new sdk.PutBucketAclCommand({ Bucket: name, ACL: acl })));
}

export async function setVersioning({ region, name }: Bucket, enabled: boolean): Promise<void> {
  const Status = enabled ? 'Enabled' : 'Suspended';
  await withS3(region, (client, sdk) =>
    client.send(new sdk.PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status } })),
  );
}

/** Sets the whole list of keys that reach a bucket and what each may do there. */
export async function setGrants({ region, name }: Bucket, grants: Grant[]): Promise<void> {
  await withS3<unknown>(region, (client, sdk) =>
    grants.length === 0
      ? client.send(new sdk.DeleteBucketPolicyCommand({ Bucket: name }))
      : client.send(
          new sdk.PutBucketPolicyCommand({ Bucket: name, Policy: JSON.stringify(policyOf(name, grants)) }),
        ),
  );
}

export interface CorsRule {
  allowedOrigins: string[];
  allowedMethods: string[];
  allowedHeaders?: string[];
  maxAgeSeconds?: number;
}

export async function setCors({ region, name }: Bucket, rules: CorsRule[]): Promise<void> {
  const CORSRules = rules.map((rule) => ({
    AllowedOrigins: rule.allowedOrigins,
    AllowedMethods: rule.allowedMethods,
    AllowedHeaders: rule.allowedHeaders,
    MaxAgeSeconds: rule.maxAgeSeconds,
  }));
  await withS3<unknown>(region, (client, sdk) =>
    rules.length === 0
      ? client.send(new sdk.DeleteBucketCorsCommand({ Bucket: name }))
      : client.send(new sdk.PutBucketCorsCommand({ Bucket: name, CORSConfiguration: { CORSRules } })),
  );
}

export { applyLifecycle, type LifecycleRule, setLifecycle } from './s3-lifecycle.ts';
export type { Grant } from './s3-policy.ts';
export { type Bucket, S3Error } from './s3-sdk.ts';
export { createUser, deleteUser, userExists } from './s3-users.ts';
