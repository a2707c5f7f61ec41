import type { Images, StackConfig } from '../config/types.ts';

/** A bucket, and where it is; the keys that reach it are of its own cloud account. */
export interface BucketPlace {
  bucket: string;
  region: string;
  /** Host of the S3 endpoint without the bucket, e.g. `fra1.digitaloceanspaces.com`. */
  endpoint: string;
}

/**
 * What somebody needs, beside the bucket of backups and a key to it, to bring a stack back on new machines.
 *
 * It says nothing of when it was made: the same configuration gives the same bytes, and no `pulumi up` is an update for it.
 */
export interface Kit {
  format: 1;
  /** Pulumi stack it is of. */
  stack: string;
  /**
   * The stack's configuration by full key (`instance:domain`), structured values in JSON, **secrets in clear**. Without SSH
   * keys, which a new machine gets anew, and without `protect` and `expires`, which say how long the stack is to stay.
   */
  config: Record<string, string>;
  /** As they are, whatever the configuration says. */
  buckets: { media: BucketPlace; backups: BucketPlace };
  /** What wrote the database. */
  appVersion: string;
  images: Images;
  /** Where its machines answered; kits of before do not say it. */
  addresses?: string[];
}

export interface KitArgs {
  /** Pulumi project: the namespace of the configuration's keys. */
  project: string;
  stack: string;
  /** Configuration as the engine hands it over, secrets in clear. */
  raw: Readonly<Record<string, string>>;
  /** The same, validated. */
  config: StackConfig;
  media: BucketPlace;
  backups: BucketPlace;
  /** Public addresses of the machines, if known. */
  addresses?: (string | undefined)[];
}

/** A new machine has keys of its own; and lifting a protection must not need a machine that answers. */
const left = new Set(
  'hostPublicKey secondaryHostPublicKey deployPublicKey rotated protect expires restore recover'.split(' '),
);
const leftSecrets = new Set(['hostKey', 'secondaryHostKey', 'deployKey']);

export function makeKit({ project, stack, raw, config, media, backups, addresses = [] }: KitArgs): Kit {
  const known = addresses.filter((address) => address !== undefined && address !== '') as string[];
  const entries = Object.entries(raw)
    .map(([full, value]) => [
      full,
      full.startsWith(`${project}:`) ? full.slice(project.length + 1) : '',
      value,
    ])
    .filter(([, name, value]) => name && !left.has(name) && !/^(\{\}|\[\]|)$/.test(value as string))
    .map(([full, name, value]) => [
      full as string,
      name === 'secrets' ? kept(value as string) : (value as string),
    ]);
  return {
    format: 1,
    stack,
    config: Object.fromEntries(entries.sort(([a = ''], [b = '']) => (a < b ? -1 : 1))),
    buckets: { media: place(media), backups: place(backups) },
    appVersion: config.appVersion,
    images: config.images,
    ...(known.length > 0 && { addresses: known }),
  };
}

/** As it lies on the machine. */
export const kitText = (kit: Kit): string => `${JSON.stringify(kit, undefined, 2)}\n`;

function kept(secrets: string): string {
  const all = Object.entries(JSON.parse(secrets) as Record<string, unknown>);
  return JSON.stringify(Object.fromEntries(all.filter(([name]) => !leftSecrets.has(name)).sort()));
}

/** Nothing but these: what comes in may hold the bucket's keys. */
const place = ({ bucket, region, endpoint }: BucketPlace): BucketPlace => ({ bucket, region, endpoint });
