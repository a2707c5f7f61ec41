import { setTimeout as sleep } from 'node:timers/promises';
import { startMachine, stopMachine } from '../../lab/machines/index.ts';
import { knownMachines } from '../../lab/machines/registry.ts';
import { Elsewhere } from './elsewhere.ts';
import { ssh } from './machine.ts';
import { inLab, type Table } from './measure.ts';
import { Writer } from './writer.ts';

interface Source {
  stack: string;
  domain: string;
}

interface Loss {
  seconds: number;
  heavy: boolean;
}

/**
 * Pulls the plug of a machine under writes, restores what its bucket holds on another one while it is still off, and compares the
 * last row that its client saw committed with the newest that came back. Then the machine is switched on again.
 */
async function lose(
  { stack, domain }: Source,
  rpo: number,
  heavy: boolean,
  elsewhere: Elsewhere,
): Promise<Loss> {
  // At any moment of the interval; the first one after the start has passed, and is in the bucket.
  const wait = rpo + 5 + Math.random() * rpo;
  const writer = new Writer(stack, heavy);
  for (const end = performance.now() + wait * 1000; performance.now() < end || !writer.first; )
    await sleep(50);
  const machine = machineOf(domain);
  await stopMachine(machine, { hard: true });
  writer.end();
  const seconds = (writer.last as number) - (await elsewhere.newest());
  console.error(`rpo ${rpo}: ${stack}${heavy ? ', much written' : ''}: ${seconds.toFixed(2)} s lost`);
  await startMachine(machine);
  await awake(stack);
  // So that the next restore does not replay it all again.
  if (heavy)
    await ssh(stack, `instance psql -qc 'TRUNCATE bench_load' && systemctl start backup-incr.service`);
  return { seconds, heavy };
}

function machineOf(domain: string): string {
  const found = knownMachines().find(({ name }) => name === `primary.${domain}`);
  if (!found) throw new Error(`no machine of ${domain} — the lab's machines`);
  return found.id;
}

async function awake(stack: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const up = await ssh(stack, 'docker exec instance-db-1 pg_isready -q -U postgres').catch(() => undefined);
    if (up) return;
    if (tries > 60) throw new Error(`${stack} does not come back`);
    await sleep(500);
  }
}

/**
 * How much is lost at most when nothing but the bucket is left, at a setting of `rpo`. The machines of several stacks lose their power
 * at the same time, each in turns of its own.
 */
export async function rpoAt(
  table: Table,
  rpo: number,
  kills: number,
  sources: readonly Source[],
): Promise<void> {
  const losses = await Promise.all(
    sources.map(async (source, index) => {
      const { stack } = source;
      await inLab('pulumi', 'config', 'set', 'rpo', String(rpo), '--stack', stack);
      await inLab('pulumi', 'up', '--stack', stack, '--yes', '--skip-preview', '--non-interactive');
      const elsewhere = new Elsewhere(stack);
      await elsewhere.prepare();
      const mine: Loss[] = [];
      // Every second one while so much is written that segments fill before their time.
      for (let kill = index; kill < kills; kill += sources.length)
        mine.push(await lose(source, rpo, mine.length % 2 === 1, elsewhere));
      return mine;
    }),
  );
  const all = losses.flat().map(({ seconds }) => seconds);
  const most = Math.max(...all);
  const least = Math.min(...all);
  table.fact(
    `\`rpo\` ${rpo}: lost with the machine, ${all.length} power cuts under writes`,
    `max ${most.toFixed(2)} s (min ${least.toFixed(2)} s)`,
    '',
    `≤ ${rpo + 5} s`,
    most <= rpo + 5,
  );
}
