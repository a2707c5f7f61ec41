import { hetznerSizes } from '../../machine/hetzner-sizes.ts';
import type { Loose, Problem, StackConfig } from '../types.ts';

const ROLES = ['primary', 'secondary'] as const;

/** A size must be sold where it is wanted, an existing host must say where the world finds it, and two machines are two. */
export function checkMachines(config: Loose<StackConfig>): Problem[] {
  return [
    ...ROLES.flatMap((role) => [...checkSold(role, config[role]), ...checkAddress(role, config[role])]),
    ...checkTwo(config),
  ];
}

/** DigitalOcean sells its sizes in every region; Hetzner sells most only in some. */
function checkSold(role: string, machine: Loose<StackConfig>['primary']): Problem[] {
  if (machine?.provider !== 'hetzner' || machine.size === undefined || machine.region === undefined)
    return [];
  const { size, region } = machine;
  const wanted = hetznerSizes[size];
  if (!wanted || wanted.regions.includes(region)) return [];
  const here = Object.entries(hetznerSizes)
    .filter(([, { regions }]) => regions.includes(region))
    .sort(([, a], [, b]) => Math.abs(a.memoryMb - wanted.memoryMb) - Math.abs(b.memoryMb - wanted.memoryMb))
    .map(([name]) => name);
  return [
    {
      key: `${role}.size`,
      value: JSON.stringify(size),
      reason: `is not sold in ${region}`,
      remedy: `take one that is, like ${here.slice(0, 3).join(', ')}, or a region that has it: ${wanted.regions.join(', ')}`,
    },
  ];
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
