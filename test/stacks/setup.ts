import { existsSync } from 'node:fs';
import { stacks } from './stacks.ts';
import { coopPath, labDir, must, run } from './support.ts';

/** Brings up the lab, and in it all stacks at the same time, once for all files; takes it down even when tests failed. */
export default async function setup(): Promise<() => Promise<void>> {
  const named = stacks.flatMap(({ name }) => ['--stack', name]);
  const lab = await must([coopPath, 'lab', 'up', ...named], { seconds: 1800 });
  console.log(`lab up: ${lab.seconds.toFixed(1)} s`);
  await Promise.all(
    stacks.map(async (stack) => {
      const { seconds } = await stack.up();
      console.log(`pulumi up of ${stack.name}: ${seconds.toFixed(1)} s`);
    }),
  );
  return async () => {
    // The last file has taken everything down; this is for a run that ended before.
    if (existsSync(labDir) && !process.env.KEEP_LAB)
      await run([coopPath, 'lab', 'down', '--yes'], { seconds: 300 });
  };
}
