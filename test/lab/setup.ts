import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureEngine } from '../../lab/engine/engine.ts';
import { removeStalePidFile } from '../../lab/machines/docker-daemon.ts';
import { run } from '../../lab/machines/exec.ts';
import { ensureBaseImage, ensureDocker, ensureMachineImage } from '../../lab/machines/index.ts';
import { ensureVersitygw } from '../../lab/services/s3.ts';

const answers = () =>
  run('docker', ['version']).then(
    () => true,
    () => false,
  );

/**
 * One Docker daemon for all files, of no lab: each file takes its own lab down, and a lab takes the daemon along that it
 * started. Resolves to what ends it; nothing where one runs already.
 */
async function startDaemon(): Promise<() => Promise<void>> {
  if (await answers()) return async () => {};
  removeStalePidFile('/var/run/docker.pid');
  const scratch = mkdtempSync(join(tmpdir(), 'lab-tests-docker-'));
  const log = openSync(join(scratch, 'log'), 'a');
  const child = spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] });
  for (let tries = 0; !(await answers()); tries++) {
    if (tries > 300) throw new Error(`dockerd does not answer — ${scratch}/log — see why`);
    await sleep(100);
  }
  return async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(20_000, undefined, { ref: false })]);
    rmSync(scratch, { recursive: true, force: true });
  };
}

/** Builds what is slow and cached before the first file, so that no test pays for it within its own bound. */
export default async function setup(): Promise<() => Promise<void>> {
  const part = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return result;
  };
  const stop = await part('dockerd', startDaemon);
  await part('docker', () => ensureDocker());
  await part('base image', () => ensureBaseImage());
  await part('machine image', () => ensureMachineImage());
  await part('versitygw', () => ensureVersitygw());
  await part('engine', () => ensureEngine());
  return stop;
}
