import type { RestoreConfig } from '../config/types.ts';

/** The name of a copy's source in what people read: a stack, or the bucket of its dumps. */
export const copiedFrom = ({ from, dump }: RestoreConfig): string =>
  from ?? (dump ? `s3://${dump.bucket}` : '');
