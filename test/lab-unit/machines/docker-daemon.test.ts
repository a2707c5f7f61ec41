import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeStalePidFile } from '../../../lab/machines/docker-daemon.ts';

const scratch = mkdtempSync(join(tmpdir(), 'coop-docker-pid.'));
const file = join(scratch, 'docker.pid');
afterAll(() => rmSync(scratch, { recursive: true }));

test('the pid file of a daemon that is gone, or whose number another program has, does not stand in the way', () => {
  for (const pid of [4194304, process.pid]) {
    writeFileSync(file, String(pid));
    removeStalePidFile(file);
    expect(existsSync(file), String(pid)).toBe(false);
  }
  removeStalePidFile(file);
});

test('the pid file of a daemon that runs stays', async () => {
  const program = join(scratch, 'dockerd');
  copyFileSync(execFileSync('which', ['sleep'], { encoding: 'utf8' }).trim(), program);
  const daemon = spawn(program, ['30']);
  await new Promise((resolve) => daemon.once('spawn', resolve));
  try {
    writeFileSync(file, `${daemon.pid}`);
    removeStalePidFile(file);
    expect(existsSync(file)).toBe(true);
  } finally {
    daemon.kill();
  }
});
