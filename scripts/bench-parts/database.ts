import { fillTo, onMachine, said, tell } from './machine.ts';
import type { Table } from './measure.ts';

const stack = 'staging';

/** Backup and restore of one database, beside what comes with PostgreSQL and the system. */
export async function database(table: Table, gigabytes: number): Promise<string> {
  const bytes = await fillTo(stack, gigabytes);
  const size = `${(bytes / 1e9).toFixed(2)} GB`;
  const dumps: Record<string, number[]> = { ours: [], file: [], bucket: [] };
  const restores: Record<string, number[]> = {
    ours: [],
    fetched: [],
    synced: [],
    copied: [],
    loaded: [],
    base: [],
  };
  const note = (into: Record<string, number[]>, name: string, seconds: number) => {
    into[name]?.push(seconds);
    console.error(`${name} ${seconds.toFixed(2)} s`);
  };
  for (let run = 0; run < table.runs; run++) {
    note(dumps, 'ours', (await onMachine(stack, 'backup')).seconds);
    note(dumps, 'bucket', (await onMachine(stack, 'dump_to_bucket')).seconds);
    note(dumps, 'file', (await onMachine(stack, 'dump')).seconds);
  }
  const stored = /^bytes (\d+) (\d+)/m.exec((await tell(stack, 'backup_bytes')).output);
  for (let run = 0; run < table.runs; run++) {
    const ours = await onMachine(stack, 'restore');
    note(restores, 'ours', ours.seconds);
    for (const part of ['fetched', 'synced']) note(restores, part, said(ours, part) / 1000);
    note(restores, 'base', (await onMachine(stack, 'base_backup')).seconds);
    await tell(stack, 'stopped ours');
    note(restores, 'copied', (await onMachine(stack, 'copied')).seconds);
    note(restores, 'loaded', (await onMachine(stack, 'load_dump')).seconds);
  }
  await tell(stack, 'swept');
  const of = (from: Record<string, number[]>, name: string) => from[name] as number[];
  const dump = '`pg_dump -Fc -Z zstd:1`';
  const pair = (
    what: string,
    bar: { faster: number } | { slower: number },
    from: typeof dumps,
    name: string,
  ) => table.pairs(what, bar, of(from, 'ours'), of(from, name));
  pair(`full backup of ${size}, against ${dump} to a file on the same disk`, { faster: 1 }, dumps, 'file');
  pair(`the same, against ${dump} to the same bucket`, { faster: 1 }, dumps, 'bucket');
  const restore = `restore of ${size}, start and replay included, against`;
  pair(`${restore} \`cp -a\` of the same directory`, { faster: 1.2 }, restores, 'copied');
  pair(`${restore} \`pg_restore -j 2\``, { faster: 1.8 }, restores, 'loaded');
  pair(`${restore} \`pg_basebackup\` on the same machine`, { slower: 2.5 }, restores, 'base');
  table.share('fetching', of(restores, 'fetched'), of(restores, 'ours'));
  const rest = of(restores, 'ours').map((whole, run) => whole - (of(restores, 'synced')[run] as number));
  table.share('start and replay', rest, of(restores, 'ours'));
  return `\n\n${stored?.[1]} bytes of cluster are ${stored?.[2]} in the bucket.`;
}
