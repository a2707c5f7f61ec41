import type { LookupFunction } from 'node:net';
import type { Context } from '../context.ts';

/** Files of a bucket, by key. */
export interface Bucket {
  put(key: string, text: string, type: string): Promise<void>;
  get(key: string): Promise<string>;
  keys(prefix: string): Promise<string[]>;
}

/** A bucket at Spaces by the operator's own key, from the environment; the SDK is loaded when first needed. */
export async function openBucket(
  { kind, env }: Pick<Context, 'kind' | 'env'>,
  { bucket, region }: { bucket: string; region: string },
): Promise<Bucket> {
  const { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } = await import(
    '@aws-sdk/client-s3'
  );
  const client = new S3Client({
    region,
    endpoint: `https://${region}.digitaloceanspaces.com`,
    forcePathStyle: true,
    credentials: {
      accessKeyId: env.SPACES_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.SPACES_SECRET_ACCESS_KEY ?? '',
    },
    // Spaces knows none of the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: kind === 'LAB' ? await throughTheLab() : { requestTimeout: 60_000 },
  });
  return {
    async put(Key, Body, ContentType) {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType, CacheControl: 'no-cache' }),
      );
    },
    async get(Key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return (await Body?.transformToString()) ?? '';
    },
    async keys(Prefix) {
      const found: string[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix,
            ...(ContinuationToken ? { ContinuationToken } : {}),
          }),
        );
        found.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      return found;
    },
  };
}

/** The lab's names and its certificate authority. */
export async function throughTheLab() {
  const [{ Agent }, { readFileSync }, { labLookup }, { paths }] = await Promise.all([
    import('node:https'),
    import('node:fs'),
    import('../../../lab/client.ts'),
    import('../../../lab/paths.ts'),
  ]);
  const lookup: LookupFunction = (host, options, done) => {
    labLookup(host, 4).then(
      (address) => (options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)),
      (error) => done(error, '', 4),
    );
  };
  return { httpsAgent: new Agent({ ca: readFileSync(paths.trust), lookup }), requestTimeout: 60_000 };
}
