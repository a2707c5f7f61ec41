import type { S3Client } from '@aws-sdk/client-s3';
import { ensureGateway } from './s3.ts';
import { rootClient } from './s3-client.ts';

export interface Bucket {
  region: string;
  name: string;
}

/** What S3 answered, by its code (`BucketNotEmpty`, `NoSuchBucket`, …) and HTTP status. */
export class S3Error extends Error {
  override name = 'S3Error';
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export type Sdk = typeof import('@aws-sdk/client-s3');

/** Runs SDK calls with the root key and turns their exceptions into S3Error. */
export async function withS3<T>(region: string, use: (client: S3Client, sdk: Sdk) => Promise<T>): Promise<T> {
  await ensureGateway(region);
  const client = await rootClient(region);
  try {
    return await use(client, await import('@aws-sdk/client-s3'));
  } catch (error) {
    const e = error as { name?: string; message?: string; $metadata?: { httpStatusCode?: number } };
    if (!e.$metadata?.httpStatusCode) throw error;
    throw new S3Error(e.name ?? 'Unknown', e.$metadata.httpStatusCode, e.message ?? '');
  } finally {
    client.destroy();
  }
}
