import './scratch.ts';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { labDir, paths } from '../../../lab/paths.ts';
import { otherLabs, stopOrphans } from '../../../lab/services/orphans.ts';
import { residentBytes, startTime } from '../../../lab/services/proc.ts';
import { alivePid, ensureProcess, stopProcess, waitReady } from '../../../lab/services/process.ts';

const sleeper = (name: string) => ({ name, command: 'sleep', args: ['600'] });

test('a process that runs unchanged is left alone, and a changed one is started anew', async () => {
  const first = await ensureProcess(sleeper('same'));
  const again = await ensureProcess(sleeper('same'));
  expect(again).toEqual({ pid: first.pid, started: false });
  const changed = await ensureProcess({ ...sleeper('same'), config: 'other' });
  expect(changed.started).toBe(true);
  expect(changed.pid).not.toBe(first.pid);
  expect(startTime(first.pid)).toBeUndefined();
  expect(residentBytes(changed.pid)).toBeGreaterThan(0);
});

test('one that ignores TERM is killed within the bound', async () => {
  const { pid } = await ensureProcess({
    name: 'stubborn',
    command: process.execPath,
    args: ['-e', "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)"],
  });
  await waitReady('stubborn', async () => readFileSync(paths.logFile('stubborn'), 'utf8').includes('deaf'));
  const before = Date.now();
  expect(await stopProcess('stubborn', 300)).toBe(true);
  expect(startTime(pid)).toBeUndefined();
  expect(Date.now() - before).toBeGreaterThanOrEqual(290);
});

test('children end with their parent', async () => {
  await ensureProcess({ name: 'family', command: 'sh', args: ['-c', 'sleep 600 & echo $!; wait'] });
  await waitReady('family', async () => /\d+\n/.test(readFileSync(paths.logFile('family'), 'utf8')));
  const child = Number(readFileSync(paths.logFile('family'), 'utf8'));
  expect(startTime(child)).toBeDefined();
  await stopProcess('family');
  await expect.poll(() => startTime(child)).toBeUndefined();
});

test('a pid that was given to another process is never touched', async () => {
  const stranger = spawn('sleep', ['600']);
  const pid = stranger.pid as number;
  mkdirSync(paths.run, { recursive: true });
  writeFileSync(paths.pidFile('gone'), JSON.stringify({ pid, started: `${startTime(pid)}9`, spec: '' }));
  expect(alivePid('gone')).toBeUndefined();
  expect(await stopProcess('gone')).toBe(false);
  expect(startTime(pid)).toBeDefined();
  stranger.kill();
});

test('a process without a pid file is found by its mark', async () => {
  const { pid } = await ensureProcess(sleeper('lost'));
  rmSync(paths.pidFile('lost'));
  expect(await stopOrphans()).toContain(`lost (pid ${pid})`);
  expect(startTime(pid)).toBeUndefined();
});

test('another lab on this machine is known by its processes, and its processes are left alone', async () => {
  const other = spawn('sleep', ['600'], { env: { ...process.env, COOP_LAB_PROCESS: 'dns@/somewhere/.lab' } });
  await expect.poll(otherLabs).toContain('/somewhere/.lab');
  expect(otherLabs()).not.toContain(labDir);
  await stopOrphans();
  expect(startTime(other.pid as number)).toBeDefined();
  other.kill();
});

test('one that dies at once is reported with the end of its log', async () => {
  await ensureProcess({ name: 'broken', command: 'sh', args: ['-c', 'echo no such luck; exit 3'] });
  await expect(waitReady('broken', async () => false)).rejects.toThrow(/broken ended at once.*no such luck/s);
});

test('a program that does not exist is named', async () => {
  await expect(ensureProcess({ name: 'none', command: '/no/such/program', args: [] })).rejects.toThrow(
    'none did not start — /no/such/program',
  );
});
