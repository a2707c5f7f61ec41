import { VisibleError } from '../../../../components/errors.ts';
import { throughTheLab } from '../bucket.ts';
import type { DumpPlace } from './place.ts';
import { shown } from './place.ts';

export interface DumpObject {
  key: string;
  bytes: number;
  /** When it was put there. */
  at: Date;
}

/** A bucket of dumps, as far as it is looked at: listed and read, and nothing else. */
export interface DumpObjects {
  list(): Promise<DumpObject[]>;
  /** The first bytes of one. */
  head(key: string, bytes: number): Promise<Buffer>;
  close(): void;
}

/** The SDK is loaded when first needed. */
export async function openDumps(place: DumpPlace, kind: 'LAB' | 'REAL'): Promise<DumpObjects> {
  const { GetObjectCommand, ListObjectsV2Command, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({
    region: place.region,
    endpoint: `https://${place.endpoint}`,
    forcePathStyle: true,
    credentials: { accessKeyId: place.accessKey, secretAccessKey: place.secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: kind === 'LAB' ? await throughTheLab() : { requestTimeout: 60_000 },
  });
  const asked = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: Error) => {
      throw refused(error, place);
    });
  return {
    async list() {
      const found: DumpObject[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await asked(
          client.send(
            new ListObjectsV2Command({
              Bucket: place.bucket,
              Prefix: place.prefix,
              ...(ContinuationToken ? { ContinuationToken } : {}),
            }),
          ),
        );
        for (const { Key, Size = 0, LastModified } of page.Contents ?? [])
          if (Key && !Key.endsWith('/'))
            found.push({ key: Key, bytes: Size, at: LastModified ?? new Date(0) });
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      return found;
    },
    async head(Key, bytes) {
      const { Body } = await asked(
        client.send(new GetObjectCommand({ Bucket: place.bucket, Key, Range: `bytes=0-${bytes - 1}` })),
      );
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    close: () => client.destroy(),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function refused(error: Error & { code?: string }, place: DumpPlace): VisibleError {
  const where = `${shown(place)} at ${place.endpoint}`;
  const nothing = 'nothing was made';
  const words: Record<string, string> = {
    NoSuchBucket: `no such bucket — ${where} — is its name right, and its --endpoint and --storage-region?`,
    InvalidAccessKeyId: `nobody there knows this key — ${where} — give one of the account that the bucket is in`,
    SignatureDoesNotMatch: `the secret key does not fit its access key — ${where} — copy both again`,
    AccessDenied: `the key may not read there — ${where} — let it list and read this bucket (s3:ListBucket, s3:GetObject)`,
    Forbidden: `the key may not read there — ${where} — let it list and read this bucket (s3:ListBucket, s3:GetObject)`,
    AuthorizationHeaderMalformed: `the bucket is in another region — ${where} — say which: --storage-region`,
    PermanentRedirect: `the bucket is in another region — ${where} — say which: --storage-region`,
  };
  const said = words[error.name];
  if (said) return new VisibleError(`${said}; ${nothing}`);
  const why = error.code ?? error.name;
  return new VisibleError(
    `the dumps cannot be listed — ${where} — ${why}: ${error.message.slice(0, 200)}; is the endpoint right? ${nothing}`,
  );
}
