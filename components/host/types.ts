import type { StackConfig } from '../config/types.ts';
import type { Role } from '../machine/machine.ts';
import type { Kit } from '../recovery/kit.ts';

/** One bucket and the key that reaches it. */
export interface BucketAccess {
  bucket: string;
  region: string;
  /** Host of the S3 endpoint without the bucket, e.g. `fra1.digitaloceanspaces.com`. */
  endpoint: string;
  accessKey: string;
  secretKey: string;
}

/** Everything a host tree depends on. */
export interface HostFacts {
  stack: string;
  /** Validated; secrets are plain strings, real or masked. */
  config: StackConfig;
  /** `address` is the machine's public IPv4 address; the names point to the primary's. */
  machine: { name: string; address: string; role: Role };
  media: BucketAccess;
  /** Of a copy whose media are in a bucket of its own: the source's, to be read. */
  mediaSource?: BucketAccess | undefined;
  backups: BucketAccess;
  /** Laid on the primary, which keeps a copy of it in the bucket of backups. */
  kit?: Kit | undefined;
}

/** One file as it lands on the machine. */
export interface HostFile {
  /** Absolute path on the machine. */
  path: string;
  mode: number;
  /** Name or number. */
  owner: string;
  group: string;
  content: string;
}
