import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '../../scripts/lib/paths.ts';
import { fakeStack } from './fake-pulumi.ts';

// The whole command with a pulumi and an ssh that are played; the real ones are in test/lab and test/stacks.

let place: Awaited<ReturnType<typeof fakeStack>>;
beforeAll(async () => {
  place = await fakeStack();
});
afterAll(() => place.remove());

const outputs = { FAKE_OUTPUTS: '{"address":"203.0.113.10"}' };
const environment = (more: NodeJS.ProcessEnv) => ({
  ...place.env,
  PULUMI_CONFIG_PASSPHRASE_FILE: place.passphraseFile,
  ...outputs,
  ...more,
});
const coop = (args: string[], more: NodeJS.ProcessEnv = {}) =>
  spawnSync(join(checkout, 'scripts', 'coop'), args, {
    encoding: 'utf8',
    cwd: place.projectDir,
    env: environment(more),
  });
/** The line that ran over there. */
const ran = () => place.ssh().argv.at(-1);

describe('a verb that goes to the machine', () => {
  it('gives ssh the deploy key and the pinned host key in private files, and takes them away', () => {
    expect(coop(['ssh', 'staging', '--', 'uptime'])).toMatchObject({ status: 0 });
    const { identity, knownHosts, argv } = place.ssh();
    expect(identity).toMatchObject({
      mode: '600',
      text: expect.stringMatching(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/),
    });
    expect(identity?.text.endsWith('-----\n')).toBe(true);
    const hostKey = /instance:hostPublicKey: (ssh-ed25519 \S+)/.exec(place.file('staging'))?.[1];
    expect(knownHosts).toMatchObject({ mode: '600', text: `coop-staging ${hostKey}\n` });
    expect(argv.slice(-5)).toEqual(['-l', 'root', '--', '203.0.113.10', 'uptime']);
    expect(existsSync(identity?.path as string)).toBe(false);
    expect(existsSync(knownHosts?.path as string)).toBe(false);
  });

  it('takes them away too when it is told to stop', async () => {
    const child = spawn(join(checkout, 'scripts', 'coop'), ['logs', 'staging', '--follow'], {
      cwd: place.projectDir,
      env: environment({ FAKE_SSH_WAIT: '1', FAKE_SSH_STDOUT: 'following\n' }),
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const path = place.ssh().identity?.path as string;
    expect(existsSync(path)).toBe(true);
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(143);
    expect(existsSync(path)).toBe(false);
  });

  it('reads no secret as an admin, and uses sudo', () => {
    const before = place.calls().length;
    const said = coop(['status', '--as', 'ana', '--address', '203.0.113.11', 'staging'], {
      PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    });
    expect(said.stderr).toContain('the machine gave no status');
    expect(place.calls()).toHaveLength(before);
    expect(place.ssh().identity).toBeUndefined();
    expect(place.ssh().argv.slice(-5)).toEqual([
      '-l',
      'ana',
      '--',
      '203.0.113.11',
      'sudo instance status --json',
    ]);
  });

  it('ends with the exit code of what it ran, and says nothing of its own about it', () => {
    const said = coop(['tootctl', 'staging', 'accounts', 'create', "o'hara"], { FAKE_SSH_CODE: '3' });
    expect(said.status).toBe(3);
    expect(ran()).toBe(`instance tootctl accounts create 'o'\\''hara'`);
    expect(said.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('says on stderr where it acts, and leaves stdout to the answer', () => {
    const said = coop(['ssh', 'staging', 'uptime'], { FAKE_SSH_STDOUT: 'up\n' });
    expect(said.stdout).toBe('up\n');
    expect(said.stderr).toMatch(/^REAL · stack staging · accounts .* · state file:\/\//);
  });

  it.each([
    ['ssh: connect to host 203.0.113.10 port 22: Connection timed out', 'sshFrom'],
    ['Host key verification failed.', 'not the machine the stack pinned'],
    ['root@203.0.113.10: Permission denied (publickey).', 'key is not accepted'],
  ])('says what to do about: %s', (stderr, remedy) => {
    for (const verb of [
      ['status', 'staging'],
      ['logs', 'staging'],
      ['maintenance', 'on', 'staging'],
    ]) {
      const said = coop(verb, { FAKE_SSH_CODE: '255', FAKE_SSH_STDERR: `${stderr}\n` });
      expect(said.status).toBe(1);
      expect(said.stderr).toContain(remedy);
      expect(said.stderr).not.toMatch(/\n +at /);
    }
  });

  it('says that a stack has no machine', () => {
    const said = coop(['status', 'staging'], { FAKE_OUTPUTS: '{}' });
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/has no machine .* pulumi up -s staging/);
  });

  it('asks for a passphrase by naming the ways to give it', () => {
    const said = coop(['status', 'staging'], { PULUMI_CONFIG_PASSPHRASE_FILE: undefined });
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/no passphrase .* --passphrase-file FILE or --passphrase-command COMMAND/);
    const given = coop(['ssh', 'staging', 'uptime'], {
      PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
      COOP_PASSPHRASE_COMMAND: `cat ${place.passphraseFile}`,
    });
    expect(given.status).toBe(0);
    // An option says more than what the environment happens to hold.
    const both = coop(['ssh', '--passphrase-file', place.passphraseFile, 'staging', 'uptime'], {
      PULUMI_CONFIG_PASSPHRASE_FILE: '/nowhere',
      COOP_PASSPHRASE_COMMAND: 'false',
    });
    expect(both.status).toBe(0);
  });
});

describe('what the verbs ask for and answer', () => {
  const healthy = readFileSync(new URL('./status.healthy.json', import.meta.url), 'utf8');

  it('status: one screen, and 1 when something is broken', () => {
    const said = coop(['status', 'staging'], { FAKE_SSH_STDOUT: healthy });
    expect(ran()).toBe('instance status --json');
    expect(said.stdout).toMatch(/^staging · staging\.social\.coop/);
    expect(said.status).toBe(0);
    expect(
      JSON.parse(coop(['status', 'staging', '--json'], { FAKE_SSH_STDOUT: healthy }).stdout),
    ).toMatchObject({
      ok: true,
      stack: 'staging',
    });
    expect(coop(['status', 'staging'], { FAKE_SSH_STDOUT: '{}' }).status).toBe(1);
    expect(
      coop(['status', 'staging'], { FAKE_SSH_STDOUT: 'bash: instance: not found', FAKE_SSH_CODE: '127' })
        .stderr,
    ).toMatch(/gave no status \(exit 127\).*pulumi up/);
  });

  it('logs: lines as they are, or as JSON', () => {
    const line = '2026-11-22T10:00:00+0000 instance-web-1[4]: GET /\n';
    expect(coop(['logs', 'staging', 'web', '-n', '5'], { FAKE_SSH_STDOUT: line }).stdout).toBe(line);
    expect(ran()).toBe('instance logs web --lines 5');
    const said = coop(['logs', 'staging', '--json'], { FAKE_SSH_STDOUT: line });
    expect(JSON.parse(said.stdout)).toEqual({
      time: '2026-11-22T10:00:00+0000',
      service: 'web',
      message: 'GET /',
    });
  });

  it('maintenance: whether it is up, since when, and where to see it', () => {
    const text = 'maintenance is on since 2026-11-22T10:00:00+00:00: visitors see the page\n';
    const said = coop(['maintenance', 'on', 'staging'], { FAKE_SSH_STDOUT: text });
    expect(ran()).toBe('instance maintenance on');
    expect(said.stdout).toBe(`${text}see it: https://staging.social.coop/\n`);
    const json = coop(['maintenance', 'status', 'staging', '--json'], { FAKE_SSH_STDOUT: text });
    expect(JSON.parse(json.stdout)).toEqual({
      ok: true,
      stack: 'staging',
      on: true,
      since: '2026-11-22T10:00:00+00:00',
    });
    const off = coop(['maintenance', 'off', 'staging', '--json'], {
      FAKE_SSH_STDOUT: 'maintenance is off\n',
    });
    expect(JSON.parse(off.stdout)).toEqual({ ok: true, stack: 'staging', on: false });
  });

  it('maintenance: a failure over there is one here', () => {
    const said = coop(['maintenance', 'on', 'staging'], {
      FAKE_SSH_CODE: '1',
      FAKE_SSH_STDERR: 'disk full\n',
    });
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/could not be turned on: disk full/);
  });

  it('drift: differences for people, files for programs', () => {
    coop(['drift', 'staging', 'keep', '/etc/motd']);
    expect(ran()).toBe('instance drift keep /etc/motd');
    const said = coop(['drift', 'staging', '--json'], {
      FAKE_SSH_STDOUT: '[{"path":"/etc/motd","kept":false}]',
    });
    expect(ran()).toBe('instance drift --json');
    expect(JSON.parse(said.stdout)).toEqual({ ok: true, files: [{ path: '/etc/motd', kept: false }] });
  });

  it('ssh --json: where it would go, and no connection', () => {
    const said = coop(['ssh', '--json', 'staging']);
    expect(JSON.parse(said.stdout)).toMatchObject({ ok: true, address: '203.0.113.10', user: 'root' });
  });

  it('tootctl self-destruct never gets as far as a connection', () => {
    const before = place.calls().length;
    expect(coop(['tootctl', 'staging', 'self-destruct'])).toMatchObject({ status: 1 });
    expect(place.calls()).toHaveLength(before);
  });
});
