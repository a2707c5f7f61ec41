import { renderHost } from '../host/render.ts';
import type { HostFacts, HostFile } from '../host/types.ts';

/** What the app is made of comes with its secrets. */
const later = /^\/(etc\/nginx|etc\/social\.coop\/(app|postgres|redis)|opt\/social\.coop\/compose\.yaml)/;

/**
 * The tree that is laid before the fence stands: what everybody on the machine may read, for whatever holds a secret is
 * closed to others. A test looks for every secret in it.
 */
export function renderPreparation(facts: HostFacts): HostFile[] {
  return renderHost(facts).filter(({ path, mode }) => (mode & 0o004) !== 0 && !later.test(path));
}
