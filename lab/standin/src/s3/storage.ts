import type { Env } from '../core/env.ts';
import { localStorage } from './local.ts';
import { s3Storage } from './remote.ts';

/** Where media lies: a bucket, or public/system when S3 is off. */
export interface Storage {
  /** Stores a file of the local disk under `key`. */
  put(key: string, file: string, contentType: string): Promise<void>;
  remove(keys: string[]): Promise<void>;
  /** Every object under a prefix, page by page. */
  list(prefix: string): AsyncIterable<{ key: string; size: number; modified: Date }>;
  /** Public address of an object. */
  url(key: string): string;
}

export function openStorage(env: Env): Storage {
  return env.s3 ? s3Storage(env.s3) : localStorage(env.webDomain);
}
