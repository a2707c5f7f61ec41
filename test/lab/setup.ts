import { ensureEngine } from '../../lab/engine/engine.ts';
import { ensureBaseImage, ensureDocker, ensureMachineImage } from '../../lab/machines/index.ts';
import { ensureVersitygw } from '../../lab/services/s3.ts';

/** Builds what is slow and cached before the first file, so that no test pays for it within its own bound. */
export default async function setup(): Promise<void> {
  const part = async (name: string, work: () => Promise<unknown>) => {
    const started = performance.now();
    await work();
    console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  };
  await part('docker', () => ensureDocker());
  await part('base image', () => ensureBaseImage());
  await part('machine image', () => ensureMachineImage());
  await part('versitygw', () => ensureVersitygw());
  await part('engine', () => ensureEngine());
}
