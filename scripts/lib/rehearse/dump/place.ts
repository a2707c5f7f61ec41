import { readFileSync } from 'node:fs';
import { VisibleError } from '../../../../components/errors.ts';

/** Where dumps are, and the key that reads them. */
export interface DumpPlace {
  bucket: string;
  /** '' for the whole bucket. */
  prefix: string;
  /** Host of the S3 endpoint, on port 443. */
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

export interface DumpFlags {
  fromDump: string;
  endpoint?: string | undefined;
  storageRegion?: string | undefined;
  keyFile?: string | undefined;
}

export const shown = ({ bucket, prefix }: Pick<DumpPlace, 'bucket' | 'prefix'>): string =>
  `s3://${bucket}/${prefix}`;

/** The place that the flags name; the key comes from a file or the environment, never from an argument. */
export function dumpPlace(flags: DumpFlags, env: NodeJS.ProcessEnv): DumpPlace {
  const [, bucket, prefix = ''] =
    /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{1,254})(?:\/(.*))?$/.exec(flags.fromDump) ?? [];
  if (!bucket)
    throw new VisibleError(
      `not a place of dumps — --from-dump ${flags.fromDump} — write it like s3://bucket/prefix; nothing was made`,
    );
  const region = flags.storageRegion ?? 'us-east-1';
  return { bucket, prefix, region, endpoint: hostOf(flags.endpoint, region), ...keyOf(flags.keyFile, env) };
}

/** https://docs.aws.amazon.com/general/latest/gr/s3.html */
function hostOf(endpoint: string | undefined, region: string): string {
  if (endpoint === undefined) return `s3.${region}.amazonaws.com`;
  const given = /:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== 'https:' || url.port !== '' || url.pathname !== '/')
    throw new VisibleError(
      `cannot be reached from behind the fence — --endpoint ${endpoint} — it lets HTTPS on port 443 through and nothing else; write it like https://fra1.digitaloceanspaces.com; nothing was made`,
    );
  return url.hostname;
}

/** Pulumi's own state may be in a bucket, by the AWS_ pair: the DUMP_ pair counts first. */
const pairs = [
  ['DUMP_ACCESS_KEY_ID', 'DUMP_SECRET_ACCESS_KEY'],
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
] as const;

function keyOf(file: string | undefined, env: NodeJS.ProcessEnv): Pick<DumpPlace, 'accessKey' | 'secretKey'> {
  const found = file === undefined ? env : fromFile(file);
  const pair = pairs.find(([id, secret]) => found[id] && found[secret]);
  if (pair) return { accessKey: found[pair[0]] as string, secretKey: found[pair[1]] as string };
  throw new VisibleError(
    `no key to the dumps — ${file ?? 'DUMP_ACCESS_KEY_ID and DUMP_SECRET_ACCESS_KEY (or AWS_…) are not set'} — export one that may only read, or give --key-file with AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…; nothing was made`,
  );
}

/** `NAME=value` lines, or the file of the AWS tools, whose names are in small letters. */
function fromFile(file: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new VisibleError(
      `cannot read the key — ${file} — write it there, readable by you alone (chmod 600)`,
    );
  }
  return Object.fromEntries(
    [...text.matchAll(/^\s*(?:export\s+)?(\w+)\s*=\s*["']?([^"'\s]+)["']?\s*$/gm)].map(
      ([, name = '', value = '']) => [name.toUpperCase(), value],
    ),
  );
}
