import type { Loose, Problem, StackConfig } from '../types.ts';

const ROLES = ['primary', 'secondary'] as const;

/** An existing host must say where the world finds it, and two machines are two. */
export function checkMachines(config: Loose<StackConfig>): Problem[] {
  return [...ROLES.flatMap((role) => checkAddress(role, config[role])), ...checkTwo(config)];
}

function checkAddress(role: string, machine: Loose<StackConfig>['primary']): Problem[] {
  if (machine?.provider !== 'existing' || machine.host === undefined || machine.address !== undefined)
    return [];
  const remedy = 'set it to the public IPv4 address of the host; the names point there';
  return [
    { key: `${role}.address`, reason: `is missing beside ${role}.host, which is no IPv4 address`, remedy },
  ];
}

function checkTwo({ primary, secondary }: Loose<StackConfig>): Problem[] {
  if (primary?.provider !== 'existing' || secondary?.provider !== 'existing') return [];
  const same = (['host', 'address'] as const).find(
    (key) => secondary[key] !== undefined && secondary[key] === primary[key],
  );
  if (!same) return [];
  return [
    {
      key: `secondary.${same}`,
      value: JSON.stringify(secondary[same]),
      reason: 'is also the primary',
      remedy: 'name another host, or remove secondary',
    },
  ];
}
