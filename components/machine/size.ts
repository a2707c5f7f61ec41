import type { Loose, MachineConfig } from '../config/types.ts';
import { digitaloceanSizes } from './digitalocean-sizes.ts';
import { hetznerSizes } from './hetzner-sizes.ts';

/** What a machine of a size has. */
export interface Size {
  vcpus: number;
  memoryMb: number;
  diskGb: number;
  /** Of its processors. Default x86. */
  architecture?: 'x86' | 'arm';
}

const tables: Record<string, Readonly<Record<string, Size>>> = {
  digitalocean: digitaloceanSizes,
  hetzner: hetznerSizes,
};

/** What a machine has, by its provider's table; undefined for an existing host, which is asked itself. */
export function sizeOf(machine: Loose<MachineConfig> | undefined): Size | undefined {
  if (!machine || !('size' in machine) || machine.size === undefined) return undefined;
  const table = tables[machine.provider ?? ''];
  return table && Object.hasOwn(table, machine.size) ? table[machine.size] : undefined;
}
