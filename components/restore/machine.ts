import { VisibleError } from '../errors.ts';

/** A copy's machine has a name without a dot: DigitalOcean makes reverse DNS of every other, and a copy has no name. */
export function hostnameOf(stack: string): string {
  return `copy-${stack.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`.slice(0, 63).replace(/-+$/, '');
}

/** Addresses that libexec/fence says it has pinned: `pinned ADDRESS NAME` among what the machine printed. */
export function pinnedAddresses(said: string): string[] {
  const found = [...said.matchAll(/^\s*pinned ([0-9a-f.:]+) \S+$/gm)].map(([, address = '']) => address);
  if (found.length === 0)
    throw new VisibleError(
      'the machine has pinned no address of its backups — libexec/fence — see what it printed above, and run `pulumi up` again',
    );
  return [...new Set(found)].sort();
}
