import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { mountDisk } from './disk.ts';
import { docker, run } from './exec.ts';
import { unplug } from './link.ts';
import { containerName, machinePaths } from './names.ts';
import { requireMachine } from './registry.ts';
import type { MachineState } from './types.ts';

/** What a machine is doing, as its hypervisor sees it. */
export async function machineState(id: string): Promise<MachineState> {
  const ran = await run('docker', ['inspect', '-f', '{{.State.Status}}', containerName(id)], {
    allowFailure: true,
  });
  if (ran.code !== 0) return 'missing';
  const status = ran.stdout.trim();
  if (status === 'paused') return 'frozen';
  return status === 'running' || status === 'restarting' ? 'running' : 'stopped';
}

/** Switches a machine on; its disk, addresses and firewall are as they were. */
export async function startMachine(id: string): Promise<void> {
  const machine = requireMachine(id);
  await mountDisk(id);
  // Left by a `poweroff` inside; it has had its effect.
  rmSync(join(machinePaths(id).disk, 'lib/lab/off'), { force: true });
  await docker(['start', containerName(id)]);
  if (machine.cut) await unplug(id);
}

/** Shuts a machine down, or with `hard` pulls its plug. */
export async function stopMachine(id: string, options: { hard?: boolean } = {}): Promise<void> {
  if ((await machineState(id)) === 'frozen') await thawMachine(id);
  if (options.hard) await docker(['kill', containerName(id)]);
  else await docker(['stop', '--time', '20', containerName(id)], { timeoutMs: 60_000 });
}

/** Stops every process of a machine where it stands, nested containers too: a hung server that still holds its address. */
export async function freezeMachine(id: string): Promise<void> {
  await docker(['pause', containerName(id)]);
}

export async function thawMachine(id: string): Promise<void> {
  await docker(['unpause', containerName(id)]);
}
