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
  const provider = primary?.provider;
  if (provider !== undefined && provider !== 'digitalocean') {
    const remedy =
      'use digitalocean: a copy is fenced a second time, outside the machine, by its cloud firewall';
    const value = JSON.stringify(provider);
    problems.push({ key: 'primary.provider', value, reason: 'cannot hold a fenced copy', remedy });
  }
  return problems;
}
