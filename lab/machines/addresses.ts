import { isIPv4 } from 'node:net';
import { ensureTable } from './firewall.ts';
import { forgetNeighbour, inNetworkOf } from './neighbours.ts';
import { requireMachine, writeMachine } from './registry.ts';

/** Gives a reserved address to a machine, now and at every start; who held it must have lost it before. */
export async function addAddress(id: string, ip4: string): Promise<void> {
  if (!isIPv4(ip4)) throw new Error(`not an IPv4 address — ${ip4} — reserved addresses are IPv4`);
  const machine = requireMachine(id);
  writeMachine({ ...machine, addresses: [...new Set([...machine.addresses, ip4])] });
  await ensureTable();
  await inNetworkOf(id, ['ip', 'address', 'replace', `${ip4}/32`, 'dev', 'eth0']);
  await forgetNeighbour(ip4);
}

/** Takes a reserved address away from a machine. */
export async function removeAddress(id: string, ip4: string): Promise<void> {
  const machine = requireMachine(id);
  writeMachine({ ...machine, addresses: machine.addresses.filter((address) => address !== ip4) });
  await inNetworkOf(id, ['ip', 'address', 'delete', `${ip4}/32`, 'dev', 'eth0'], true);
  await ensureTable();
  await forgetNeighbour(ip4);
}
