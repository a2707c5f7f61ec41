import { setTimeout as sleep } from 'node:timers/promises';
import type { Source } from './losing.ts';
import type { Table } from './measure.ts';
import { Writer } from './writer.ts';

/**
 * Kills a source under writes, restores what its bucket holds elsewhere while it is still off, and compares the last row that its
 * client saw committed with the newest that came back. Then the source comes back.
 */
async function lose(source: Source, rpo: number, heavy: boolean): Promise<number> {
  // At any moment of the interval; the first one after the start has passed, and is in the bucket.
  const wait = rpo + 5 + Math.random() * rpo;
  const writer = new Writer(source.shell, source.psql, heavy);
  for (const end = performance.now() + wait * 1000; performance.now() < end || !writer.first; ) {
    await sleep(50);
    if (performance.now() > end + 60_000) throw new Error(`${source.name}: nothing is written`);
  }
  await source.cut();
  writer.end();
  const seconds = (writer.last as number) - (await source.elsewhere.newest());
  console.error(`rpo ${rpo}: ${source.name}${heavy ? ', much written' : ''}: ${seconds.toFixed(2)} s lost`);
  await source.back();
  if (heavy) await source.backup();
  return seconds;
}

/** How much is lost at most when nothing but the bucket is left, at a setting of `rpo`; all sources at the same time. */
export async function rpoAt(
  table: Table,
  what: string,
  rpo: number,
  kills: number,
  sources: readonly Source[],
): Promise<void> {
  const losses = await Promise.all(
    sources.map(async (source, index) => {
      const mine: number[] = [];
      // Every second one while so much is written that segments fill before their time.
      for (let kill = index; kill < kills; kill += sources.length)
        mine.push(await lose(source, rpo, mine.length % 2 === 1));
      return mine;
    }),
  );
  const all = losses.flat();
  const most = Math.max(...all);
  table.fact(
    `\`rpo\` ${rpo}: lost for good, ${all.length} ${what} under writes`,
    `max ${most.toFixed(2)} s (min ${Math.min(...all).toFixed(2)} s)`,
    '',
    `≤ ${rpo + 5} s`,
    most <= rpo + 5,
  );
}
