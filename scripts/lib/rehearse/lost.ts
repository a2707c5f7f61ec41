import { idsOf, readState } from '../../doctor/state.ts';
import { knock } from '../recovery/old/answers.ts';
import type { StackPlace } from '../stack-config.ts';

/** Says that a copy's machine, which is there as far as the state knows, does not answer; undefined: it does, or there is none. */
export async function lossOf(place: StackPlace, port = 22, seconds = 10): Promise<string | undefined> {
  const state = await readState(place);
  if (!state) return undefined;
  const servers = ['digitalocean', 'hetzner'].flatMap((provider) => idsOf(state, provider, 'server'));
  const machine = state.resources.find(({ id }) => id !== undefined && servers.includes(id));
  const address = machine?.outputs?.ipv4Address;
  if (typeof address !== 'string' || (await knock(address, port, seconds * 1000))) return undefined;
  return `the machine does not answer: it, or its network, was lost — ${address}`;
}
