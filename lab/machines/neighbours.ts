import { run } from './exec.ts';
import { containerName, network } from './names.ts';
import { knownMachines } from './registry.ts';

/** Makes the host and every running machine ask again who holds an address. */
export async function forgetNeighbour(address: string): Promise<void> {
  await run('ip', ['neighbour', 'flush', 'to', address, 'dev', network.bridge], { allowFailure: true });
  await Promise.all(
    knownMachines().map(({ id }) =>
      inNetworkOf(id, ['ip', 'neighbour', 'flush', 'to', address, 'dev', 'eth0'], true),
    ),
  );
}

/** The pid of a machine's systemd; undefined when it is switched off. */
export async function pidOf(id: string): Promise<number | undefined> {
  const ran = await run('docker', ['inspect', '-f', '{{.State.Pid}}', containerName(id)], {
    allowFailure: true,
  });
  return Number(ran.stdout.trim()) || undefined;
}

/** Runs a program of the host in a machine's network: works on a frozen machine too. Nothing happens when it is off. */
export async function inNetworkOf(id: string, command: string[], allowFailure = false): Promise<void> {
  const pid = await pidOf(id);
  if (pid) await run('nsenter', ['--target', String(pid), '--net', ...command], { allowFailure });
}
