import './scratch.ts';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { down } from '../../../lab/down.ts';
import { ensureNetwork } from '../../../lab/machines/index.ts';
import { network } from '../../../lab/machines/names.ts';
import { checkout, labDir, paths } from '../../../lab/paths.ts';
import { otherLabs, stopOrphans } from '../../../lab/services/orphans.ts';
import { startTime } from '../../../lab/services/proc.ts';
import { alivePid, ensureProcess, knownProcesses } from '../../../lab/services/process.ts';
import { traces } from '../../../lab/traces.ts';

const coop = (...args: string[]) =>
  spawn(paths.nodeBin, [join(checkout, 'scripts', 'coop.ts'), 'lab', ...args], {
    stdio: 'ignore',
    detached: true,
  });

async function nothingIsLeft(): Promise<void> {
  expect(await traces(labDir)).toEqual([]);
  expect(await stopOrphans()).toEqual([]);
  expect(existsSync('/etc/docker/certs.d/198.18.0.11')).toBe(false);
}

/** Starts a verb and kills it, with KILL, once this many services run, or when the time is over. */
async function killOnce(verb: string, running: number, seconds: number): Promise<void> {
  const child = coop(verb, '--image', 'standin');
  const services = () => knownProcesses().filter((name) => alivePid(name) !== undefined).length;
  for (const until = Date.now() + seconds * 1000; Date.now() < until && services() < running; )
    await sleep(10);
  const ended = new Promise((resolve) => child.once('close', resolve));
  process.kill(-(child.pid as number), 'SIGKILL');
  await ended;
}

test.each([1, 4, 7, 99])(
  'down leaves nothing of an up that was killed when %i services ran',
  async (running) => {
    await killOnce('up', running, running === 99 ? 4 : 60);
    await down(() => {});
    await nothingIsLeft();
  },
);

test('down leaves nothing of a lab whose every process was killed and whose records are gone', async () => {
  await killOnce('up', 8, 60);
  for (const name of knownProcesses()) {
    const pid = alivePid(name);
    if (pid !== undefined && name !== 'dns') process.kill(pid, 'SIGKILL');
  }
  rmSync(paths.run, { recursive: true });
  const { removed } = await down(() => {});
  expect(removed.join()).toMatch(/process dns \(pid \d+\), without a record/);
  await nothingIsLeft();
});

test('beside another checkout’s lab, down takes its own processes and leaves the machines and the network', async () => {
  const other = spawn('sleep', ['600'], { env: { ...process.env, COOP_LAB_PROCESS: 'dns@/somewhere/.lab' } });
  try {
    const { pid } = await ensureProcess({ name: 'mine', command: 'sleep', args: ['600'] });
    await ensureNetwork();
    const { removed } = await down(() => {});
    expect(removed.join()).toMatch(/process mine.*processes only: .* \/somewhere\/\.lab/);
    expect(startTime(pid)).toBeUndefined();
    expect(existsSync(`/sys/class/net/${network.bridge}`)).toBe(true);
    expect(startTime(other.pid as number)).toBeDefined();
  } finally {
    other.kill();
  }
  await expect.poll(otherLabs).toEqual([]);
  await down(() => {});
  await nothingIsLeft();
});
