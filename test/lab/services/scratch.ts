import { existsSync, mkdtempSync } from 'node:fs';
import { afterAll, expect } from 'vitest';

// Imported first, and without names, so that no formatter moves it: the lab's paths are fixed when they are first read.
const scratch = mkdtempSync('/tmp/lab-services-');
process.env.COOP_LAB_DIR = scratch;

const { labDir } = await import('../../../lab/paths.ts');
if (labDir !== scratch) throw new Error(`this test would act on ${labDir} — import ./scratch.ts first`);

afterAll(async () => {
  const { down } = await import('../../../lab/down.ts');
  await down(() => {});
  expect(existsSync(scratch)).toBe(false);
});
