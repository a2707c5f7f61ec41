import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkout } from '../../scripts/lib/paths.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'coop test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const coop = join(checkout, 'scripts', 'coop');
const run = (program: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) =>
  spawnSync(program, args, { encoding: 'utf8', cwd: directory, ...options });

describe('scripts/coop', () => {
  it('runs from any directory and says its version', () => {
    const said = run(coop, ['--version']);
    expect(said).toMatchObject({ status: 0, stderr: '' });
    expect(said.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('runs through a chain of symlinks, relative ones too, as npm makes them', () => {
    mkdirSync(join(directory, 'bin'));
    symlinkSync(coop, join(directory, 'first'));
    symlinkSync('../first', join(directory, 'bin', 'coop'));
    const env = { ...process.env, PATH: `${join(directory, 'bin')}:${process.env.PATH}` };
    expect(run('coop', ['--version'], { env, cwd: '/' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('says npm install when that was forgotten', () => {
    mkdirSync(join(directory, 'scripts'));
    cpSync(coop, join(directory, 'scripts', 'coop'));
    const said = run(join(directory, 'scripts', 'coop'), ['--version']);
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/^dependencies are missing — .* — run: cd .* && npm install\n$/);
  });

  it('says which Node is missing when neither npm nor the system has it', () => {
    mkdirSync(join(directory, 'scripts'));
    mkdirSync(join(directory, 'node_modules', 'commander'), { recursive: true });
    cpSync(coop, join(directory, 'scripts', 'coop'));
    mkdirSync(join(directory, 'bin'));
    for (const tool of ['bash', 'dirname', 'readlink'])
      symlinkSync(
        spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim(),
        join(directory, 'bin', tool),
      );
    const said = run(join(directory, 'bin', 'bash'), [join(directory, 'scripts', 'coop'), '--version'], {
      env: { PATH: join(directory, 'bin') },
    });
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/^Node\.js 24 is missing — .*system has none — run: .*npm rebuild node\n$/);
  });

  it('hands arguments and exit codes through as they are', () => {
    expect(run(coop, ['nonsense'])).toMatchObject({ status: 2 });
    expect(
      run(coop, ['init', 'a b'], { env: { ...process.env, PULUMI_BACKEND_URL: 'file:///nowhere' } }),
    ).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not a stack name — "a b"'),
    });
  });
});
