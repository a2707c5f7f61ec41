import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the lab builds once and keeps between runs and checkouts: `$XDG_CACHE_HOME/social-coop-lab/…`. */
export function cachePath(...parts: string[]): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'social-coop-lab', ...parts);
}
