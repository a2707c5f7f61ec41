import { ApiError, notFound } from './api-error.ts';
import type { Context, Properties } from './types.ts';

/** What a test does to a machine from outside, as a dying host or network would. */
export async function operate(context: Context, id: string, op: string, body: Properties): Promise<void> {
  const found = [...context.everywhere('digitalocean', 'Droplet'), ...context.everywhere('hcloud', 'Server')];
  const machine = found.find((object) => object.id === id || object.hidden.machine === id)?.hidden.machine;
  if (typeof machine !== 'string') throw notFound(`no machine ${id}`);
  const { machines } = context.backends;
  switch (op) {
    case 'stop':
      return machines.stopMachine(machine);
    case 'start':
      return machines.startMachine(machine);
    case 'freeze':
      return machines.freezeMachine(machine);
    case 'thaw':
      return machines.thawMachine(machine);
    case 'cut':
      return machines.cutMachine(machine);
    case 'join':
      return machines.joinMachine(machine);
    case 'slow':
      return machines.slowMachine(machine, Number(body.ms ?? 200));
    case 'fill':
      return machines.fillDisk(machine);
    default:
      throw new ApiError(404, `no machine operation ${op}`);
  }
}
