import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layPlugins, packages } from '../../../lab/engine/plugins.ts';

const require = createRequire(import.meta.url);
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'coop-home-'));
  await layPlugins(home);
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('layPlugins', () => {
  it('lays each plugin where the engine looks for the version of its npm package', () => {
    const expected = packages.map((name) => {
      const { version } = JSON.parse(readFileSync(require.resolve(`@pulumi/${name}/package.json`), 'utf8'));
      return `resource-${name}-v${version}`;
    });
    expect(readdirSync(join(home, 'plugins')).toSorted()).toEqual(expected.toSorted());
  });

  it('leaves one bundle per plugin when laid again', async () => {
    await layPlugins(home);
    for (const directory of readdirSync(join(home, 'plugins'))) {
      expect(readdirSync(join(home, 'plugins', directory))).toHaveLength(2);
    }
  });

  it('a plugin ends when its engine was killed', async () => {
    const directory = readdirSync(join(home, 'plugins')).find((entry) => entry.includes('-command-')) ?? '';
    const plugin = join(home, 'plugins', directory, 'pulumi-resource-command');
    // The shell in the engine's place tells the plugin's pid, then the plugin its port.
    const engine = spawn('bash', ['-c', `"${plugin}" 127.0.0.1:1 & echo $!; wait`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    engine.stdout.on('data', (data) => {
      output += data;
    });
    await expect.poll(() => output.trim().split('\n').length, { timeout: 10_000 }).toBe(2);
    const pid = Number(output.split('\n')[0]);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    engine.kill('SIGKILL');
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 5000 }).toBe(false);
  });

  it.each([...packages])('%s starts and tells its port', async (name) => {
    const directory = readdirSync(join(home, 'plugins')).find((entry) => entry.includes(`-${name}-`)) ?? '';
    const executable = join(home, 'plugins', directory, `pulumi-resource-${name}`);
    expect(statSync(executable).mode & 0o111).not.toBe(0);
    const child = spawn(executable, ['127.0.0.1:1'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const first = await new Promise<string>((resolve) =>
        child.stdout.once('data', (data) => resolve(String(data))),
      );
      expect(Number(first)).toBeGreaterThan(1023);
    } finally {
      child.kill();
    }
  });
});
