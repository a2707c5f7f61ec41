import * as pulumi from '@pulumi/pulumi';
import type { DumpConfig, Secrets } from '../config/types.ts';
import type { Buckets } from './buckets.ts';
import { type CopyOf, NO_KEY, withoutKeys } from './source.ts';

const placeOf = ({ bucket, region, endpoint }: DumpConfig) => ({ bucket, region, endpoint });

type Here = Pick<CopyOf, 'storage' | 'stack'>;

/** There are none with dumps. */
const noMedia = (here: Here) => withoutKeys({ ...here, media: 'empty' }).media;

/** Where the dumps are, for a machine that may not have the key yet. */
export function dumpsWithoutKeys(dump: DumpConfig, here: Here): Pick<Buckets, 'media' | 'backups'> {
  return { media: noMedia(here), backups: pulumi.output({ ...placeOf(dump), ...NO_KEY }) };
}

/** Somebody else's bucket of dumps, by the key that its owner gave; nothing of it is ours to make. */
export function dumpBuckets(
  dump: DumpConfig,
  { dumpAccessKey: accessKey = '', dumpSecretKey = '' }: Pick<Secrets, 'dumpAccessKey' | 'dumpSecretKey'>,
  here: Here,
): Buckets {
  return {
    media: noMedia(here),
    backups: pulumi.secret(dumpSecretKey).apply((secretKey) => ({ ...placeOf(dump), accessKey, secretKey })),
    names: pulumi.output({ media: '', backups: dump.bucket }),
    urns: [],
  };
}
