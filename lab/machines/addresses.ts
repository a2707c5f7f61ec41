import { isIPv4 } from 'node:net';
import { docker, run } from './exec.ts';
import { ensureTable } from './firewall.ts';
import { fixedArgs } from './fixed-args.ts';
import { containerName, network } from './names.ts';
import { forgetNeighbour, inNetworkOf } from './neighbours.ts';
import { machineState } from './power.ts';
import { readMachine, requireMachine, writeMachine } from './registry.ts';

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
  const machine = readMachine(id);
  // One that is being removed takes its addresses with it.
  if (!machine) return;
  writeMachine({ ...machine, addresses: machine.addresses.filter((address) => address !== ip4) });
  await inNetworkOf(id, ['ip', 'address', 'delete', `${ip4}/32`, 'dev', 'eth0'], true);
  await ensureTable();
  await forgetNeighbour(ip4);
}

/** Gives a machine that is switched off other addresses of its own, or none; it has them from its next start on. */
export async function setAddresses(id: string, { ip4, ip6 }: { ip4?: string; ip6?: string }): Promise<void> {
  const { ip6: _, ...machine } = requireMachine(id);
  if ((await machineState(id)) === 'running') throw new Error(`machine ${id} runs — switch it off first`);
  const name = containerName(id);
  await run('docker', ['network', 'disconnect', network.name, name], { allowFailure: true });
  // Docker always gives some address; without one of its own the machine drops it when it starts.
  await docker(['network', 'connect', ...fixedArgs(ip4, ip6), network.name, name]);
  writeMachine({ ...machine, ip4: ip4 ?? '', ...(ip6 ? { ip6 } : {}) });
  await ensureTable();
  for (const address of [machine.ip4, ip4, ip6]) if (address) await forgetNeighbour(address);
}
