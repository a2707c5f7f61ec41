import './scratch.ts';
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { paths } from '../../../lab/paths.ts';
import { withLabLock } from '../../../lab/services/lock.ts';
import { startTime } from '../../../lab/services/proc.ts';

test('two cannot bring the lab up at once, and the second is told who holds it', async () => {
  await withLabLock(async () => {
    await expect(withLabLock(async () => {})).rejects.toThrow(`pid ${process.pid}`);
  });
  expect(existsSync(paths.upLock)).toBe(false);
});

test('a lock whose holder was killed is taken over', async () => {
  const holder = spawn('sleep', ['600']);
  const pid = holder.pid as number;
  await withLabLock(async () => {});
  writeFileSync(paths.upLock, JSON.stringify({ pid, started: startTime(pid) }));
  await expect(withLabLock(async () => 'mine')).rejects.toThrow(`pid ${pid}`);
  holder.kill('SIGKILL');
  await expect.poll(() => startTime(pid)).toBeUndefined();
  expect(await withLabLock(async () => 'mine')).toBe('mine');
});

test('a lock is given back when the work fails', async () => {
  await expect(withLabLock(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLabLock(async () => 'again')).toBe('again');
});
