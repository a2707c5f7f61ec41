import { existsSync } from 'node:fs';
import { coopPath, inLab, labDir, must, run, stack } from './support.ts';

/** Brings up the lab and staging once for all files; takes both down even when tests failed. */
export default async function setup(): Promise<() => Promise<void>> {
  const up = await must([coopPath, 'lab', 'up'], { seconds: 1800 });
  console.log(`lab up: ${up.seconds.toFixed(1)} s`);
  const ran = await must(
    inLab('pulumi', 'up', '--stack', stack, '--yes', '--skip-preview', '--non-interactive'),
    {
      seconds: 300,
    },
  );
  console.log(`pulumi up: ${ran.seconds.toFixed(1)} s`);
  return async () => {
    // The last file has taken everything down; this is for a run that ended before.
    if (existsSync(labDir) && !process.env.KEEP_LAB)
      await run([coopPath, 'lab', 'down', '--yes'], { seconds: 300 });
  };
}
