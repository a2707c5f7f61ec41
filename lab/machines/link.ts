import { readFileSync } from 'node:fs';
import { LabError } from '../error.ts';
import { run } from './exec.ts';
import { pidOf } from './neighbours.ts';
import { requireMachine, writeMachine } from './registry.ts';

/** The host's end of a machine's cable; undefined when the machine is off. */
async function cable(id: string): Promise<string | undefined> {
  const pid = await pidOf(id);
  if (!pid) return undefined;
  const index = readFileSync(`/proc/${pid}/root/sys/class/net/eth0/iflink`, 'utf8').trim();
  const { stdout } = await run('ip', ['-o', 'link', 'show']);
  const name = stdout.match(new RegExp(`^${index}: ([^@:]+)`, 'm'))?.[1];
  if (!name) throw new Error(`no interface ${index} on the host — machine ${id} — is another Docker in use?`);
  return name;
}

async function setLink(id: string, state: 'up' | 'down'): Promise<void> {
  const name = await cable(id);
  if (name) await run('ip', ['link', 'set', name, state]);
}

/** Takes the cable out without remembering it. */
export const unplug = (id: string) => setLink(id, 'down');

/** Pulls a machine's network cable, until joinMachine. */
export async function cutMachine(id: string): Promise<void> {
  writeMachine({ ...requireMachine(id), cut: true });
  await unplug(id);
}

/** Puts the cable back in. */
export async function joinMachine(id: string): Promise<void> {
  writeMachine({ ...requireMachine(id), cut: false });
  await setLink(id, 'up');
}

/** Delays everything sent to a machine by so many milliseconds, until 0 or its next start. Needs the kernel's netem. */
export async function slowMachine(id: string, ms: number): Promise<void> {
  requireMachine(id);
  const name = await cable(id);
  if (!name) throw new Error(`machine ${id} is switched off — cannot slow it — start it first`);
  if (ms === 0) {
    await run('tc', ['qdisc', 'del', 'dev', name, 'root'], { allowFailure: true });
    return;
  }
  const args = ['qdisc', 'replace', 'dev', name, 'root', 'netem', 'delay', `${ms}ms`];
  const ran = await run('tc', args, { allowFailure: true });
  if (ran.code !== 0)
    throw new LabError(
      `cannot slow a machine — ${ran.stderr.trim()} — needs a kernel with CONFIG_NET_SCH_NETEM`,
    );
}
