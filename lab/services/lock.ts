import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LabError } from '../error.ts';
import { paths } from '../paths.ts';
import { startTime } from './proc.ts';

/** Runs `work` unless another process brings the lab up or down; a dead holder's lock is taken over. */
export async function withLabLock<T>(work: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify({ pid: process.pid, started: startTime(process.pid) });
  mkdirSync(dirname(paths.upLock), { recursive: true });
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(paths.upLock, mine, { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries === 3) throw error;
    }
    const holder = readHolder();
    if (holder && startTime(holder.pid) === holder.started)
      throw new LabError(
        `another process brings the lab up or down — pid ${holder.pid} — wait for it, or end it`,
      );
    rmSync(paths.upLock, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(paths.upLock, { force: true });
  }
}

function readHolder(): { pid: number; started: string } | undefined {
  try {
    return JSON.parse(readFileSync(paths.upLock, 'utf8'));
  } catch {
    return undefined;
  }
}
