import { expect, test } from 'vitest';
import { createArgs, type HostTraits } from '../../../lab/machines/flags.ts';
import { containerName } from '../../../lab/machines/names.ts';
import type { MachineSpec } from '../../../lab/machines/types.ts';

const spec: MachineSpec = {
  id: '42',
  name: 'staging',
  mac: '02:c0:0b:00:00:0a',
  ip4: '198.18.1.10',
  memoryMb: 8192,
  vcpus: 4,
  userData: 'secret',
  sshKeys: ['ssh-ed25519 AAAA'],
};
const args = (more: Partial<MachineSpec> = {}, host: Partial<HostTraits> = {}) =>
  createArgs({ ...spec, ...more }, 'image:tag', {
    cpus: 8,
    cgroupDriver: 'cgroupfs',
    macByDocker: true,
    ...host,
  });
const value = (list: string[], flag: string) => list[list.indexOf(flag) + 1];

test('a machine has its size, without swap, but never more processors than the host', () => {
  expect(value(args(), '--memory')).toBe('8192m');
  expect(value(args(), '--memory-swap')).toBe('8192m');
  expect(value(args(), '--cpus')).toBe('4');
  expect(value(args({}, { cpus: 2 }), '--cpus')).toBe('2');
});

test('Docker is never told a machine’s IPv6 address', () => {
  // Docker would keep the last 64 bits only.
  expect(args({ ip6: 'fd00:c00b:0:40a::1' })).not.toContain('--ip6');
});

test('cgroups of all machines lie below one of the lab’s own, under either driver', () => {
  expect(value(args(), '--cgroup-parent')).toBe('/coop-lab');
  expect(value(args({}, { cgroupDriver: 'systemd' }), '--cgroup-parent')).toBe('cooplab.slice');
  expect(value(args(), '--cgroupns')).toBe('private');
});

test('a machine is not privileged: all capabilities are dropped, and the host’s modules and raw I/O are not given back', () => {
  const given = args().flatMap((flag, at, list) => (list[at - 1] === '--cap-add' ? [flag] : []));
  expect(value(args(), '--cap-drop')).toBe('all');
  expect(args()).not.toContain('--privileged');
  expect(given).toContain('NET_ADMIN');
  for (const never of ['SYS_RESOURCE', 'SYS_MODULE', 'SYS_RAWIO', 'BPF', 'ALL', 'all'])
    expect(given).not.toContain(never);
});

test('a fixed MAC address is asked of Docker only where it takes one per network', () => {
  expect(value(args(), '--mac-address')).toBe(spec.mac);
  expect(args({}, { macByDocker: false })).not.toContain('--mac-address');
});

test('user data stays out of the arguments', () => {
  expect(args().join(' ')).not.toContain('secret');
});

test('an id that is not a name is refused', () => {
  for (const id of ['', '../x', 'a b', '-x']) expect(() => containerName(id)).toThrow(/not a name/);
});
