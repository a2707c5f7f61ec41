import type * as pulumi from '@pulumi/pulumi';
import type { StorageConfig } from '../config/types.ts';
import type { Buckets, BucketsArgs } from './buckets.ts';
import { SpacesBuckets } from './spaces.ts';

type Factory = (name: string, args: BucketsArgs, options: pulumi.ComponentResourceOptions) => Buckets;

/** Who can keep buckets: a new provider is a file beside this one and a line here. */
export const storages: Record<StorageConfig['provider'], Factory> = {
  spaces: (name, args, options) => new SpacesBuckets(name, args, options),
};
