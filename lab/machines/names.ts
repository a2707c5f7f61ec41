import { join } from 'node:path';
import { paths } from '../paths.ts';

/** Everything the lab makes in Docker carries it, so that leftovers are found without any state. */
export const label = 'coop.lab=1';

export const network = {
  name: 'coop-lab',
  bridge: 'coop0',
  subnet4: '198.18.0.0/16',
  // Wide enough for a /64 of its own per server of a cloud that gives one.
  subnet6: 'fd00:c00b::/48',
  // What Docker knows of it: it counts in 64 bits, and takes the first address of every /64 for one and the same.
  docker6: 'fd00:c00b::/64',
  // Docker hands out addresses by itself only from here, never one of a service or a machine.
  pool4: '198.18.255.0/24',
  pool6: 'fd00:c00b::ffff:0/112',
} as const;

/** The host's nftables table: the cloud's side of the network. */
export const table = 'coop_lab';

/** Where the host answers what machines ask of 169.254.169.254. */
export const metadata = { address: '169.254.169.254', port: 8169 } as const;

export const baseImage = 'debian:trixie-slim';

/** All machines' cgroups lie below one of their own, per cgroup driver. */
export const cgroupParent = { cgroupfs: '/coop-lab', systemd: 'cooplab.slice' } as const;

const safeId = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Refuses what could not be a container's or a directory's name. */
function checked(id: string): string {
  if (!safeId.test(id)) throw new Error(`machine id is not a name — "${id}" — letters, digits, . _ - only`);
  return id;
}

export const containerName = (id: string) => `coop-lab-${checked(id)}`;

/** One machine's files on the host: its spec, cloud-init seed, network settings and disk. */
export function machinePaths(id: string) {
  const directory = join(paths.machines, checked(id));
  const inside = (...parts: string[]) => join(directory, ...parts);
  return {
    directory,
    spec: inside('machine.json'),
    seed: inside('seed'),
    net: inside('net'),
    image: inside('disk.img'),
    disk: inside('disk'),
  };
}
