import { createHash } from 'node:crypto';

/** Short digest of contents: a label that changes exactly when they do. */
export function digestOf(...contents: string[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(`${content.length}\n${content}`);
  return hash.digest('hex').slice(0, 16);
}
