import { type S3Keys, signedS3Headers } from '../../../components/accounts/s3-signature.ts';
import { VisibleError } from '../../../components/errors.ts';

/** A bucket, and a key that may read it. */
export interface ReadableBucket {
  bucket: string;
  region: string;
  /** Host of the S3 endpoint without the bucket. */
  endpoint: string;
  keys: S3Keys;
}

export interface StoredObject {
  bytes: Uint8Array;
  /** When it was stored. */
  stored: Date | undefined;
}

/** Asks by HTTPS: `fetch`, or the lab's own. */
export type Ask = (
  url: string,
  init: { headers: Record<string, string> },
) => Promise<Pick<Response, 'status' | 'headers' | 'arrayBuffer'>>;

/** One whole object; says what to do when it cannot be read. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export async function readObject(from: ReadableBucket, key: string, ask: Ask): Promise<StoredObject> {
  const found = await findObject(from, key, ask);
  if (found) return found;
  throw new VisibleError(`NoSuchKey — s3://${from.bucket}/${key} at ${from.endpoint} — ${NO_KEY}`);
}

/** The same; undefined where there is no such object. */
export async function findObject(
  from: ReadableBucket,
  key: string,
  ask: Ask,
): Promise<StoredObject | undefined> {
  const { bytes, headers } = (await get(from, key, ask)) ?? {};
  if (!bytes) return undefined;
  const stored = new Date(headers?.get('last-modified') ?? '');
  return { bytes, stored: Number.isNaN(stored.getTime()) ? undefined : stored };
}

export interface Listing {
  objects: { key: string; stored: Date }[];
  /** What is below the prefix, up to the next slash. */
  directories: string[];
}

/** What lies in one directory of a bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export async function listDirectory(from: ReadableBucket, prefix: string, ask: Ask): Promise<Listing> {
  const found: Listing = { objects: [], directories: [] };
  for (let token: string | undefined = ''; token !== undefined; ) {
    const more: Record<string, string> = token ? { 'continuation-token': token } : {};
    const query = new URLSearchParams({ delimiter: '/', 'list-type': '2', prefix, ...more });
    const answer = await get(from, `?${query}`, ask);
    const xml = Buffer.from(answer?.bytes ?? '').toString();
    for (const [, object = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs))
      found.objects.push({ key: tag(object, 'Key'), stored: new Date(tag(object, 'LastModified')) });
    for (const [, directory = ''] of xml.matchAll(/<CommonPrefixes>\s*<Prefix>(.*?)<\/Prefix>/gs))
      found.directories.push(directory);
    token = tag(xml, 'NextContinuationToken') || undefined;
  }
  return found;
}

const tag = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';

async function get(
  from: ReadableBucket,
  key: string,
  ask: Ask,
): Promise<{ bytes: Uint8Array; headers: Pick<Headers, 'get'> } | undefined> {
  const { bucket, region, endpoint, keys } = from;
  const where = `s3://${bucket}/${key.replace(/^\?.*/, '')} at ${endpoint}`;
  const url = new URL(`https://${endpoint}/${bucket}/${key}`);
  const answer = await ask(url.href, { headers: signedS3Headers('GET', url, region, keys) }).catch(
    (error: Error) => {
      const cause = (error.cause as Error | undefined)?.message ?? error.message;
      throw new VisibleError(
        `no answer (${cause}) — ${where} — is the region right, and is there a network?`,
      );
    },
  );
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (answer.status === 200) return { bytes, headers: answer.headers };
  const code = /<Code>(\w+)<\/Code>/.exec(Buffer.from(bytes).toString())?.[1] ?? String(answer.status);
  if (code === 'NoSuchKey') return undefined;
  throw new VisibleError(`${code} — ${where} — ${remedies[code] ?? remedies[answer.status] ?? 'try again'}`);
}

const NO_BUCKET = 'compare name and region with the console of whoever keeps it; nothing was written';
const NO_KEY =
  'no recovery kit is there: is it the bucket of backups? The machine writes it at every `pulumi up`, and daily';
const NO_ACCESS =
  'the key may not read it: set SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY to one that may, and compare them';

const remedies: Record<string, string> = {
  NoSuchBucket: NO_BUCKET,
  404: NO_BUCKET,
  301: NO_BUCKET,
  403: NO_ACCESS,
  InvalidAccessKeyId: NO_ACCESS,
  SignatureDoesNotMatch: NO_ACCESS,
};
