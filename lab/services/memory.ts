import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** Bytes in use below the cgroup of a process, without the page cache: everything a machine runs, nested containers too. */
export function cgroupBytes(pid: number): number | undefined {
  const lines = read(`/proc/${pid}/cgroup`).split('\n');
  const v1 = lines.find((line) => /^\d+:([^:]*,)?memory(,[^:]*)?:/.test(line));
  const path = (v1 ?? lines.find((line) => line.startsWith('0::')))?.split(':').slice(2).join(':');
  if (!path) return undefined;
  const stat = read(join('/sys/fs/cgroup', v1 ? 'memory' : '', containerOf(path), 'memory.stat'));
  const value = (name: string) => Number(stat.match(new RegExp(`^${name} (\\d+)`, 'm'))?.[1] ?? 0);
  const sum = v1 ? value('total_rss') + value('total_shmem') : value('anon') + value('shmem');
  return stat ? sum : undefined;
}

/** systemd in a container puts itself into a cgroup further down. */
const containerOf = (path: string) => path.replace(/\/(init\.scope|system\.slice|user\.slice)(\/.*)?$/, '');
