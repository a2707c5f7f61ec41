import type * as pulumi from '@pulumi/pulumi';
import type { StackConfig, StorageConfig } from '../config/types.ts';
import type { Buckets, BucketsArgs } from './buckets.ts';
import { dumpBuckets, dumpsWithoutKeys } from './dump.ts';
import { SourceBuckets, withoutKeys } from './source.ts';
import { SpacesBuckets } from './spaces.ts';

type Factory = (name: string, args: BucketsArgs, options: pulumi.ComponentResourceOptions) => Buckets;

/** Who can keep buckets: a new provider is a file beside this one and a line here. */
const storages: Record<StorageConfig['provider'], Factory> = {
  spaces: (name, args, options) => new SpacesBuckets(name, args, options),
};

export interface StoredArgs {
  config: StackConfig;
  /** Pulumi stack. */
  stack: string;
  /** Takes over buckets that are there already. Default false. */
  adopt?: boolean;
  /** Must exist before a bucket does. Default none. */
  after?: pulumi.Resource[];
}

/** The buckets of a stack: its own; or, of a copy, those of whom it is a copy of. */
export function makeBuckets(
  name: string,
  { config, stack, adopt = false, after = [] }: StoredArgs,
  options: pulumi.ComponentResourceOptions,
): Buckets {
  const { storage, restore, secrets, backupDays: retentionDays, protect } = config;
  if (restore?.dump) return dumpBuckets(restore.dump, secrets, { storage, stack });
  if (restore) return new SourceBuckets(name, { storage, media: restore.media, stack, after }, options);
  return storages[storage.provider](name, { storage, retentionDays, protect, adopt, after }, options);
}

/** Where the buckets of a copy are, for a machine that may not have a key yet. */
export function bucketsWithoutKeys({ config, stack }: Pick<StoredArgs, 'config' | 'stack'>) {
  const { storage, restore } = config;
  if (restore?.dump) return dumpsWithoutKeys(restore.dump, { storage, stack });
  return withoutKeys({ storage, media: restore?.media ?? 'empty', stack });
}
