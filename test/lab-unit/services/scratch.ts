import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

// Imported first, and without names, so that no formatter moves it: the lab's paths are fixed when they are first read.
const scratch = mkdtempSync(join(tmpdir(), 'lab-unit-'));
process.env.COOP_LAB_DIR = scratch;

const { labDir } = await import('../../../lab/paths.ts');
if (labDir !== scratch)
  throw new Error(`this test would act on ${labDir} — import ./scratch.ts before anything of the lab`);

afterAll(async () => {
  const { knownProcesses, stopProcess } = await import('../../../lab/services/process.ts');
  const { stopOrphans } = await import('../../../lab/services/orphans.ts');
  for (const name of knownProcesses()) await stopProcess(name, 500);
  await stopOrphans(500);
  rmSync(scratch, { recursive: true, force: true });
});
