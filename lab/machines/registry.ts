import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../paths.ts';
import { gateway } from '../services/addresses.ts';
import { machinePaths, network } from './names.ts';
import type { MachineSpec } from './types.ts';

/** A machine as the host remembers it. */
export interface KnownMachine extends MachineSpec {
  /** Reserved addresses it holds now. */
  addresses: string[];
  /** The cable is out: see cutMachine. */
  cut?: boolean;
}

/** Every machine that has a directory. */
export function knownMachines(): KnownMachine[] {
  if (!existsSync(paths.machines)) return [];
  return readdirSync(paths.machines).flatMap((id) => readMachine(id) ?? []);
}

export function readMachine(id: string): KnownMachine | undefined {
  const { spec } = machinePaths(id);
  return existsSync(spec) ? (JSON.parse(readFileSync(spec, 'utf8')) as KnownMachine) : undefined;
}

export function requireMachine(id: string): KnownMachine {
  const machine = readMachine(id);
  if (!machine) throw new Error(`no machine ${id} — ${paths.machines} — it was removed or never created`);
  return machine;
}

/** Remembers a machine, and what its init reads at the next start. */
export function writeMachine(machine: KnownMachine): void {
  const { directory, spec, net } = machinePaths(machine.id);
  mkdirSync(net, { recursive: true });
  writeFileSync(join(directory, '.spec'), JSON.stringify(machine, null, 1), { mode: 0o600 });
  renameSync(join(directory, '.spec'), spec);
  writeFileSync(join(net, '.net'), netFile(machine));
  renameSync(join(net, '.net'), join(net, 'net'));
}

function netFile(machine: KnownMachine): string {
  const values = {
    MAC: machine.mac,
    IP4: machine.ip4,
    IP6: machine.ip6 ?? '',
    SUBNET6: network.subnet6,
    GATEWAY4: gateway.v4,
    GATEWAY6: gateway.v6,
    ADDRESSES: machine.addresses.join(' '),
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}
