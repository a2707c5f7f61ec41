import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withPrivateDir } from '../../scripts/lib/private-dir.ts';

const module = new URL('../../scripts/lib/private-dir.ts', import.meta.url).pathname;
const program = `
import { writeFileSync } from 'node:fs';
import { withPrivateDir } from ${JSON.stringify(module)};
await withPrivateDir(async (directory) => {
  writeFileSync(directory + '/deploy-key', 'secret', { mode: 0o600 });
  console.log(directory);
  await new Promise((resolve) => setTimeout(resolve, 30_000));
});`;

/** Another process that holds such a directory. */
async function start() {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program]);
  const directory = await new Promise<string>((resolve) =>
    child.stdout.once('data', (text) => resolve(String(text).trim())),
  );
  return { child, directory };
}

describe('a directory for secrets', () => {
  it('can be entered by its owner alone, and is gone afterwards, also after an error', async () => {
    let seen = '';
    const failing = withPrivateDir(async (directory) => {
      seen = directory;
      expect(statSync(directory).mode & 0o777).toBe(0o700);
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(existsSync(seen)).toBe(false);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is gone after %s', async (signal, code) => {
    const { directory, child } = await start();
    expect(existsSync(`${directory}/deploy-key`)).toBe(true);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(existsSync(directory)).toBe(false);
  });

  it.skipIf(!existsSync('/proc/self'))(
    'of a run that was killed outright is removed by the next (skipped where there is no /proc)',
    async () => {
      const { directory, child } = await start();
      const { directory: alive, child: other } = await start();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      expect(existsSync(`${directory}/deploy-key`)).toBe(true);
      // Of another set of processes, as a container has it: its numbers mean nothing here.
      const foreign = directory.replace(/coop-\d+-/, 'coop-12345-');
      mkdirSync(foreign);
      await withPrivateDir(async () => {});
      expect(existsSync(directory)).toBe(false);
      expect(existsSync(foreign)).toBe(true);
      rmdirSync(foreign);
      expect(existsSync(alive)).toBe(true);
      other.kill('SIGTERM');
    },
  );
});
