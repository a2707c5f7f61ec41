import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import * as sdk from '@aws-sdk/client-s3';
import { ensureNetwork } from '../../../lab/machines/index.ts';
import { paths } from '../../../lab/paths.ts';
import { services } from '../../../lab/services/addresses.ts';
import { ensureCa } from '../../../lab/services/ca.ts';
import { ensureDns } from '../../../lab/services/dns.ts';
import * as s3 from '../../../lab/services/s3-admin.ts';
import { ensureS3 } from '../../../lab/services/s3-service.ts';

export const region = 'fra1';
export const origin = `https://${region}.digitaloceanspaces.com`;
export const media = { region, name: 'test-media' };
export const backups = { region, name: 'test-backups' };

export const key = (name: string) => ({ accessKey: `KEY${name}`, secretKey: `secret of ${name}` });
export const may = (name: string, permission: s3.Grant['permission']): s3.Grant => ({
  accessKey: key(name).accessKey,
  permission,
});

/** What a call came to: `done`, or the name of the error. */
export const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(() => 'done').catch((error: Error) => error.name);

/** An S3 client over the network, as the app has it. */
export function clientOf(name: string): sdk.S3Client {
  const { accessKey, secretKey } = key(name);
  return new sdk.S3Client({
    region,
    endpoint: origin,
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    maxAttempts: 1,
    requestHandler: {
      httpsAgent: new Agent({
        ca: readFileSync(paths.trust),
        lookup: (_host, _options, done) => done(null, [{ address: services.s3.v4, family: 4 }]),
      }),
    },
  });
}

export const put = (
  client: sdk.S3Client,
  { name }: s3.Bucket,
  Key: string,
  more: Partial<sdk.PutObjectCommandInput> = {},
) => client.send(new sdk.PutObjectCommand({ Bucket: name, Key, Body: Key, ...more }));

/** A network with names and storage in it, two buckets, and a key that may write both. */
export async function startStorage(): Promise<sdk.S3Client> {
  await ensureNetwork();
  await ensureCa();
  await Promise.all([ensureDns(), ensureS3()]);
  await s3.createBucket(media);
  await s3.createBucket({ ...backups, versioning: true });
  for (const name of ['app', 'reader', 'nobody']) await s3.createUser(key(name));
  await s3.setGrants(media, [may('app', 'readwrite'), may('reader', 'read')]);
  await s3.setGrants(backups, [may('app', 'readwrite')]);
  return clientOf('app');
}
