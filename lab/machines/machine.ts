import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { removeCgroups } from './cgroups.ts';
import { createDisk, removeDisk } from './disk.ts';
import { docker, run } from './exec.ts';
import { dropFirewall, ensureTable } from './firewall.ts';
import { createArgs, type HostTraits } from './flags.ts';
import { ensureMachineImage, imageVar } from './machine-image.ts';
import { containerName, machinePaths } from './names.ts';
import { forgetNeighbour } from './neighbours.ts';
import { readMachine, writeMachine } from './registry.ts';
import { writeSeed } from './seed.ts';
import type { MachineSpec } from './types.ts';

/** Boots a machine; returns when it is switched on. SSH answers some seconds later, as at a cloud. */
export async function createMachine(spec: MachineSpec): Promise<void> {
  if (readMachine(spec.id))
    throw new Error(`machine ${spec.id} exists — ${machinePaths(spec.id).directory} — remove it first`);
  try {
    const image = await ensureMachineImage();
    writeMachine({ ...spec, addresses: [] });
    writeSeed(spec);
    await createDisk(spec.id, spec.diskGb ?? 25, imageVar(image));
    await ensureTable();
    await docker(createArgs(spec, image, await hostTraits()));
    await docker(['start', containerName(spec.id)]);
    for (const address of [spec.ip4, spec.ip6]) if (address) await forgetNeighbour(address);
  } catch (error) {
    await removeMachine(spec.id).catch(() => {});
    throw error;
  }
}

async function hostTraits(): Promise<HostTraits> {
  const driver = await docker(['info', '--format', '{{.CgroupDriver}}']);
  const version = await docker(['version', '--format', '{{.Server.APIVersion}}']);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return {
    cgroupDriver: driver === 'systemd' ? 'systemd' : 'cgroupfs',
    cpus: availableParallelism(),
    macByDocker: major > 1 || minor >= 44,
  };
}

/** Destroys a machine with its disk, firewall and cgroups; one that is gone already is fine. */
export async function removeMachine(id: string): Promise<void> {
  const machine = readMachine(id);
  const name = containerName(id);
  const found = await run('docker', ['inspect', '-f', '{{.Id}} {{.State.Paused}}', name], {
    allowFailure: true,
  });
  if (found.code === 0) {
    const [container = '', paused] = found.stdout.trim().split(' ');
    if (paused === 'true') await docker(['unpause', name]);
    await docker(['rm', '--force', '--volumes', name]);
    await removeCgroups(container);
  }
  await removeDisk(id);
  rmSync(machinePaths(id).directory, { recursive: true, force: true });
  if (machine) await dropFirewall(machine.mac);
}
