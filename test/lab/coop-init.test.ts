import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../components/config.ts';
import { ensureEngine } from '../../lab/engine/engine.ts';
import { checkout } from '../../scripts/lib/paths.ts';

// What test/scripts/init.test.ts says of a pulumi that is played, said again of the real one.

const passphrase = 'gravel otter lamp sunday frost quill';
const answers = [
  ...['--contact', 'tech@social.coop', '--zone-id', '0123456789abcdef0123456789abcdef'],
  ...['--ssh-from', '203.0.113.0/28', '--mail-host', 'smtp.example.org', '--mail-from', 'n@social.coop'],
  ...['web', 'streaming', 'postgres', 'redis'].flatMap((name) => [
    '--set',
    `images.${name}=registry.example/${name}@sha256:${'5c'.repeat(32)}`,
  ]),
];

let bin: string;
let root: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  ({ bin } = await ensureEngine());
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'coop-test-'));
  mkdirSync(join(root, 'state'));
  for (const file of ['Pulumi.yaml', 'Pulumi.staging.yaml']) cpSync(join(checkout, file), join(root, file));
  writeFileSync(join(root, 'passphrase'), passphrase, { mode: 0o600 });
  env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: root,
    PULUMI_HOME: join(root, 'home'),
    PULUMI_BACKEND_URL: `file://${join(root, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(root, 'passphrase'),
  };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const args = ['init', 'staging', '--yes', '--json', '--no-images', ...answers];
const coop = (more: string[] = []) =>
  spawnSync(join(checkout, 'scripts', 'coop'), [...args, ...more], { encoding: 'utf8', cwd: root, env });
const file = () => readFileSync(join(root, 'Pulumi.staging.yaml'), 'utf8');
/** Private directories of a coop that outlived it. */
const leftovers = (pid: number | undefined) =>
  ['/dev/shm', process.env.XDG_RUNTIME_DIR ?? '/dev/shm', tmpdir()].flatMap((place) =>
    existsSync(place) ? readdirSync(place).filter((name) => new RegExp(`^coop-\\d+-${pid}-`).test(name)) : [],
  );

/** The config as the program gets it. */
function decrypted(): Record<string, string> {
  const said = spawnSync('pulumi', ['config', '--show-secrets', '--json', '--stack', 'staging'], {
    encoding: 'utf8',
    cwd: root,
    env,
  });
  expect(said.stderr).toBe('');
  const entries = Object.entries(JSON.parse(said.stdout) as Record<string, { value: string }>);
  return Object.fromEntries(entries.map(([key, { value }]) => [key, value]));
}

/** Command lines and environments of a process and of all it starts, gathered while it runs. */
function watch(
  program: string,
  argv: string[],
): Promise<{ code: number | null; seen: string; processes: number }> {
  const child = spawn(program, argv, { cwd: root, env, stdio: 'ignore' });
  const seen = new Map<string, string>();
  const look = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const environ = readFileSync(`/proc/${pid}/environ`, 'latin1');
        if (environ.includes(root)) seen.set(pid, readFileSync(`/proc/${pid}/cmdline`, 'latin1') + environ);
      } catch {}
    }
  }, 5);
  return new Promise((resolve) =>
    child.once('exit', (code) => {
      clearInterval(look);
      resolve({ code, seen: [...seen.values()].join('\0'), processes: seen.size });
    }),
  );
}

describe('coop init with the real engine', () => {
  it('makes a stack the program accepts, in six seconds or what thirty-two calls of pulumi take on a busy machine', () => {
    const started = performance.now();
    const said = coop();
    const seconds = (performance.now() - started) / 1000;
    expect(said.status, said.stderr).toBe(0);
    expect(JSON.parse(said.stdout)).toMatchObject({
      ok: true,
      created: true,
      written: true,
      kept: [],
      problems: [],
    });
    const config = parseConfig(decrypted(), { project: 'instance', stack: 'staging' });
    expect(config.secrets.hostKey).toMatch(
      /^-----BEGIN OPENSSH PRIVATE KEY-----\n.*-----END OPENSSH PRIVATE KEY-----\n$/s,
    );
    expect(file()).toContain('# Members may use it over HTTPS; no activity leaves or enters.');
    const before = performance.now();
    spawnSync('pulumi', ['config', 'set', 'x', 'y', '--secret', '--stack', 'staging'], { cwd: root, env });
    expect(seconds).toBeLessThan(Math.max(6, (32 * (performance.now() - before)) / 1000));
  });

  it('run again keeps every secret and the file as it is', () => {
    coop();
    const [before, secrets] = [file(), decrypted()];
    const again = coop();
    expect(JSON.parse(again.stdout)).toMatchObject({
      ok: true,
      created: false,
      written: false,
      generated: [],
    });
    expect(file()).toBe(before);
    expect(decrypted()).toEqual(secrets);
  });

  it('shows no secret to anybody who lists processes', async () => {
    const { code, seen, processes } = await watch(join(checkout, 'scripts', 'coop'), args);
    expect(code).toBe(0);
    // coop, and most of its fourteen calls of pulumi: the rest is too quick to be seen.
    expect(processes).toBeGreaterThan(8);
    expect(seen).toContain('secrets.redisPassword');
    const secrets = JSON.parse(decrypted()['instance:secrets'] as string) as Record<string, string>;
    expect(Object.keys(secrets)).toHaveLength(12);
    for (const [name, value] of Object.entries(secrets))
      expect(seen.includes(value.trim()), name).toBe(false);
    expect(seen.includes(passphrase)).toBe(false);
  });

  it.each([300, 1000, 1800])('killed after %d ms leaves the old file, and can be run again', async (ms) => {
    const before = file();
    const child = spawn(join(checkout, 'scripts', 'coop'), args, {
      cwd: root,
      env,
      stdio: 'ignore',
      detached: true,
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), ms);
    await ended;
    expect(parse(file())).toEqual(parse(before));
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const again = coop();
    expect(again.status, again.stderr).toBe(0);
    expect(leftovers(child.pid)).toEqual([]);
    parseConfig(decrypted(), { project: 'instance', stack: 'staging' });
  });

  it('adds to a stack only with its own passphrase', () => {
    coop();
    const before = file();
    writeFileSync(join(root, 'other'), 'another passphrase that is long enough');
    const said = coop(['--passphrase-file', join(root, 'other'), '--set', 'rpo=30']);
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/incorrect passphrase — stack staging — give the right one/);
    expect(file()).toBe(before);
  });
});
