import type { Loose, Problem, StackConfig } from '../types.ts';

/** A copy of another stack: never of the future, and only where a cloud's firewall is the second fence. */
export function checkRestore({ restore, primary }: Loose<StackConfig>, now: Date): Problem[] {
  if (!restore) return [];
  const problems: Problem[] = [];
  const { at } = restore;
  if (at !== undefined && Date.parse(at) > now.getTime()) {
    const remedy = 'name a moment that was archived, or remove it: then it is the last one';
    problems.push({ key: 'restore.at', value: JSON.stringify(at), reason: 'is in the future', remedy });
  }
  if (primary?.provider === 'existing') {
    const reason =
      'cannot hold a fenced copy: nothing outside such a host closes it when its own fence is gone';
    const remedy = 'use digitalocean or hetzner, whose cloud firewalls do';
    problems.push({ key: 'primary.provider', value: '"existing"', reason, remedy });
  }
  return problems;
}
