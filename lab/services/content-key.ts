import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A key that changes with any file's path, content or executable bit below a directory. */
export function contentKey(directory: string, ...more: string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(more));
  for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(directory, file);
    const stat = lstatSync(path);
    if (stat.isDirectory()) continue;
    // Of the mode only what git keeps: a checkout's umask must not change the key.
    hash.update(`\0${file}\0${stat.mode & 0o100}\0`);
    hash.update(stat.isSymbolicLink() ? readlinkSync(path) : readFileSync(path));
  }
  return hash.digest('hex').slice(0, 16);
}
