import { existsSync, readFileSync, rmSync } from 'node:fs';
import { LabError } from './error.ts';
import { removeLeftovers, removeNetwork } from './machines/index.ts';
import { labDir } from './paths.ts';
import { distrustRegistry } from './services/images.ts';
import { withLabLock } from './services/lock.ts';
import { otherLabs, stopOrphans } from './services/orphans.ts';
import { knownProcesses, stopProcess } from './services/process.ts';

export interface DownResult {
  /** What was there and is gone, one line each. */
  removed: string[];
  seconds: number;
}

/**
 * Takes everything of the lab away, also what a killed run left: machines, networks, rules, processes, files. Asks
 * nobody's records but the system's own. The cache and Docker's image store stay. Beside a lab of another checkout it
 * takes its own processes and files only: machines and network are one for all, and the other's.
 */
export async function down(
  onRemoved: (line: string) => void = (line) => void process.stderr.write(`  - ${line}\n`),
): Promise<DownResult> {
  if (process.platform !== 'linux') return { removed: [], seconds: 0 };
  if (process.getuid?.() !== 0)
    throw new LabError('the lab is root’s — its machines, network and files — run it with sudo');
  const started = performance.now();
  const removed: string[] = [];
  const note = (line: string) => {
    removed.push(line);
    onRemoved(line);
  };
  const existed = existsSync(labDir);
  await withLabLock(() => takeDown(note));
  rmSync(labDir, { recursive: true, force: true });
  if (existed && removed.length > 0) note(`directory ${labDir}`);
  return { removed, seconds: Math.round((performance.now() - started) / 100) / 10 };
}

/** Every step is taken, whatever became of the one before; what failed is told at the end, and down can be run again. */
async function takeDown(note: (line: string) => void): Promise<void> {
  const failures: string[] = [];
  const step = (what: string, work: () => Promise<void>) =>
    work().catch((error: Error) => void failures.push(`${what}: ${error.message}`));
  const stop = (name: string) =>
    step(`process ${name}`, async () => {
      if (await stopProcess(name)) note(`process ${name}`);
    });

  // The cloud first: it would bring back what it misses. Docker last: it takes the machines away.
  const names = knownProcesses();
  const services = names.filter((name) => name !== 'cloud' && name !== 'dockerd');
  await stop('cloud');
  const [other] = otherLabs();
  if (other) {
    await Promise.all(services.map(stop));
    note(`processes only: machines, network and Docker are the lab's in ${other} — take it down there`);
    return;
  }
  await step('machines', async () => (await removeLeftovers()).forEach(note));
  await step('network', async () => {
    if (await removeNetwork()) note('network coop0');
  });
  await Promise.all(services.map(stop));
  await step('registry', async () => {
    if (distrustRegistry()) note('trust of the lab registry in /etc/docker');
  });
  if (names.includes('dockerd')) await stop('dockerd');
  await step('processes', async () => {
    for (const orphan of await stopOrphans()) note(`process ${orphan}, without a record`);
  });
  for (const mount of mountsBelow(labDir)) failures.push(`still mounted: ${mount}`);
  if (failures.length > 0)
    throw new LabError(
      `not all of the lab could be taken away — run coop lab down again:\n  ${failures.join('\n  ')}`,
    );
}

/** Deleting a directory with a mount in it would delete what is mounted. */
function mountsBelow(directory: string): string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
    .filter((path) => path.startsWith(`${directory}/`));
}
