import { LabError } from '../error.ts';
import { fixedArgs } from './fixed-args.ts';
import { cgroupParent, containerName, label, machinePaths, network } from './names.ts';
import type { MachineSpec } from './types.ts';

/**
 * What a machine may do: all that an unprivileged-looking root may hold. SYS_RESOURCE and the newest ones are left out
 * because the host's own root may lack them, and Docker refuses what it cannot give.
 */
const capabilities = [
  ...[
    'AUDIT_CONTROL',
    'AUDIT_READ',
    'AUDIT_WRITE',
    'CHOWN',
    'DAC_OVERRIDE',
    'DAC_READ_SEARCH',
    'FOWNER',
    'FSETID',
  ],
  ...['IPC_LOCK', 'IPC_OWNER', 'KILL', 'LEASE', 'LINUX_IMMUTABLE', 'MKNOD', 'NET_ADMIN', 'NET_BIND_SERVICE'],
  ...[
    'NET_BROADCAST',
    'NET_RAW',
    'SETFCAP',
    'SETGID',
    'SETPCAP',
    'SETUID',
    'SYSLOG',
    'SYS_ADMIN',
    'SYS_BOOT',
  ],
  ...['SYS_CHROOT', 'SYS_NICE', 'SYS_PTRACE', 'SYS_TIME', 'SYS_TTY_CONFIG'],
];

export interface HostTraits {
  cgroupDriver: 'cgroupfs' | 'systemd';
  cpus: number;
  /** A daemon that takes an address per network; with an older one only the machine's own init sets it. */
  macByDocker: boolean;
}

/** Arguments of `docker create` for a machine: a container whose PID 1 is systemd. */
export function createArgs(spec: MachineSpec, image: string, host: HostTraits): string[] {
  const { directory, net, seed, disk } = machinePaths(spec.id);
  if (directory.includes(':')) throw new LabError(`a colon in the path — ${directory} — move the checkout`);
  return [
    'create',
    ...['--name', containerName(spec.id), '--label', label, '--hostname', spec.name],
    ...['--cap-drop', 'all', ...capabilities.flatMap((name) => ['--cap-add', name])],
    // Without systempaths nested containers do not start: their /proc/sys would be read-only.
    ...['seccomp', 'apparmor', 'systempaths'].flatMap((name) => ['--security-opt', `${name}=unconfined`]),
    // With its own namespace everything nested stays inside the machine's cgroup: limits and freezing hold for all of it.
    ...['--cgroupns', 'private', '--cgroup-parent', cgroupParent[host.cgroupDriver]],
    ...['--memory', `${spec.memoryMb}m`, '--memory-swap', `${spec.memoryMb}m`],
    // Docker refuses more processors than the host has.
    ...['--cpus', String(Math.min(spec.vcpus, host.cpus))],
    ...['--tmpfs', '/run:mode=755', '--tmpfs', '/tmp'],
    ...['--volume', `${disk}:/var`, '--volume', `${net}:/usr/lib/lab/machine:ro`],
    ...['--volume', `${seed}:/var/lib/cloud/seed/nocloud:ro`],
    ...['--network', network.name, ...fixedArgs(spec.ip4, spec.ip6)],
    // Newer daemons announce the address themselves, so it must be right from the start.
    ...(host.macByDocker ? ['--mac-address', spec.mac] : []),
    // A reboot from inside ends PID 1 with a signal: Docker starts it again. See image/root/usr/lib/lab/init.
    ...['--restart', 'on-failure', '--stop-signal', 'SIGRTMIN+3'],
    ...['--log-driver', 'json-file', '--log-opt', 'max-size=1m'],
    image,
  ];
}
