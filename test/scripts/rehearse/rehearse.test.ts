import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkout } from '../../../scripts/lib/paths.ts';
import { shippedChecks } from '../../../scripts/lib/rehearse/examine-copy.ts';
import { reportSchema } from '../../../scripts/lib/report/schema.ts';
import { fakeStack } from '../fake-pulumi.ts';

// The whole verb with a pulumi and an ssh that are played; with the real ones it runs in test/stacks.

let place: Awaited<ReturnType<typeof fakeStack>>;
beforeAll(async () => {
  place = await fakeStack();
}, 60_000);
afterAll(() => place.remove());
// Each test leaves nothing, or the next one fails.
beforeEach(() => {
  expect(traces()).toEqual([]);
  rmSync(join(place.projectDir, 'reports'), { recursive: true, force: true });
  writeFileSync(place.env.FAKE_LOG as string, '');
});
vi.setConfig({ testTimeout: 120_000 });

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const SYSTEM = '7574712345678901234';
const aBackup = () => ({
  ...{ label: '20261122-010000F', type: 'full', began: ago(7200), ended: ago(7190), bytes: 5000 },
  ...{ postgres: '17', system: Number(SYSTEM) },
});
const answers = () => {
  const names = [...new Set([...shippedChecks(), 'heartbeat'])];
  const checks = names.map((check) => ({
    check,
    status: 'passed',
    figure: '',
    reason: '',
    values: check === 'heartbeat' ? { newest: ago(7) } : {},
  }));
  const phases = [
    { name: 'packages', start: ago(9), end: ago(6) },
    { name: 'fetch', start: ago(6), end: ago(5.5) },
    { name: 'replay', start: ago(5.5), end: ago(5) },
  ];
  return {
    '^date': 'NOW',
    'backup list': JSON.stringify([aBackup()]),
    pg_control_system: JSON.stringify({ system: SYSTEM, archived: Date.now() / 1000 - 5 }),
    'FROM heartbeat': '0.4\n',
    '^du ': '2000000000\t/var/lib/social.coop/postgres\n',
    'phases.json': JSON.stringify(phases),
    'instance verify': JSON.stringify({ format: 1, started: ago(3), ended: ago(1), checks }),
    'instance canaries': JSON.stringify({ sent: 2, refused: 2, passed: 0, counters: {}, canaries: [] }),
    'psql --version': 'psql (PostgreSQL) 17.6\n',
    'pgbackrest version': 'pgBackRest 2.55.1\n',
  };
};

const outputs = {
  address: '203.0.113.10',
  machines: { primary: { host: '203.0.113.10', user: 'root', hostKey: '' } },
  buckets: { media: 'm', backups: 'b' },
  recovery: '[secret]',
};

const environment = (said: object, more: NodeJS.ProcessEnv) => ({
  ...place.env,
  PULUMI_CONFIG_PASSPHRASE_FILE: place.passphraseFile,
  FAKE_OUTPUTS: JSON.stringify(outputs),
  FAKE_SSH_ANSWERS: JSON.stringify(Object.entries({ ...answers(), ...said })),
  ...more,
});
const coopPath = join(checkout, 'scripts', 'coop');
const rehearse = (args: string[], said: object = {}, more: NodeJS.ProcessEnv = {}) =>
  spawnSync(coopPath, ['rehearse', ...args], {
    encoding: 'utf8',
    cwd: place.projectDir,
    env: environment(said, more),
  });
const usual = ['staging', '--yes', '--no-upload'];

/** Everything a rehearsal could leave: stacks in the state, files in the project. */
const traces = () =>
  [...readdirSync(join(place.root, 'state')), ...readdirSync(place.projectDir)].filter((name) =>
    name.includes('rehearsal'),
  );
const ups = () => place.calls().filter(({ argv }) => argv[0] === 'up');

async function begun(more: NodeJS.ProcessEnv = {}) {
  const child = spawn(coopPath, ['rehearse', ...usual], {
    cwd: place.projectDir,
    env: environment({}, { FAKE_UP: 'wait', ...more }),
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    ended.then(() => reject(new Error(`ended at once: ${said}`)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('the machine is there')) resolve();
    });
  });
  return { child, ended, said: () => said };
}

describe('coop rehearse', () => {
  it('makes a copy, asks it everything, writes the report, and leaves nothing else', () => {
    const said = rehearse([...usual, '--json']);
    expect(said.stderr).toMatch(/^REAL · stack staging/);
    expect(said.status, said.stderr).toBe(0);
    const { ok, page, uploaded, ...report } = JSON.parse(said.stdout);
    expect({ ok, uploaded }).toEqual({ ok: true, uploaded: false });
    expect(reportSchema.parse(report)).toMatchObject({
      source: 'staging',
      result: 'passed',
      rpoFrom: 'heartbeat',
      machine: { provider: 'digitalocean', size: 's-4vcpu-8gb', region: 'fra1' },
      sizes: { databaseBytes: 2e9, repositoryBytes: 5000 },
      versions: { postgres: '17.6', pgbackrest: '2.55.1', pulumi: 'v3.220.0' },
    });
    expect(report.rpoSeconds).toBeGreaterThan(1.9);
    expect(report.rpoSeconds).toBeLessThan(3);
    expect(report.phases.map(({ name }: { name: string }) => name)).toContain('destroy');
    expect(readFileSync(page, 'utf8')).toContain('Rehearsal of staging');
    // The source is told last, by what it was asked with first.
    expect(place.ssh().argv.at(-1)).toBe('/opt/social.coop/libexec/rehearsal keep');
    expect(place.ssh().knownHosts?.text).toMatch(/^coop-staging /);
    expect(traces()).toEqual([]);
  });

  it('makes no bucket without a key to make it with', () => {
    const said = rehearse([...usual, '--media', 'copy'], {}, { SPACES_ACCESS_KEY_ID: '' });
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/no key to make a bucket with — SPACES_ACCESS_KEY_ID.* not set/);
    expect(traces()).toEqual([]);
  });

  it('gives the copy SSH keys of its own, and no other secret', () => {
    const named = ['--at', ago(60), '--backup', aBackup().label];
    rehearse([...usual, ...named, '--media', 'empty', '--hours', '2', '--keep']);
    const [stack] = readdirSync(join(place.root, 'state')).filter((name) => name.startsWith('rehearsal'));
    const file = place.file(stack as string);
    expect(file).toMatch(
      /instance:restore:\n\s+from: 'staging'\n\s+at: '.*Z'\n\s+backup: '20261122-010000F'\n\s+media: 'empty'\n\s+hours: 2\n/,
    );
    expect(file).toMatch(/instance:expires: '\d{4}-\d\d-\d\d'\n/);
    const secrets = place
      .calls()
      .filter(({ argv }) => argv[0] === 'config' && argv[1] === 'set' && argv.includes(stack as string))
      .map(({ argv }) => argv[4]);
    expect(secrets.sort()).toEqual(['secrets.deployKey', 'secrets.hostKey']);
    const asked = place.sshOf('instance canaries');
    expect(asked?.identity?.text).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    expect(asked?.knownHosts?.text).toContain(`coop-${stack} ssh-ed25519 `);
    for (const { argv } of place.calls()) expect(argv.join(' ')).not.toContain('OPENSSH');
    rehearse(['--cleanup', stack as string, '--yes']);
  });

  it('says what it costs and what it restores before it asks', () => {
    const said = rehearse(['staging', '--no-upload']);
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(
      /restores 20261122-010000F .*2 GB[\s\S]*costs USD 0\.07 an hour[\s\S]*nobody can be asked .*--yes/,
    );
    expect(traces()).toEqual([]);
    expect(ups()).toEqual([]);
  });

  it('ends with 1 when a check failed, and says which', () => {
    const { 'instance verify': usually } = answers();
    const verify = JSON.parse(usually);
    verify.checks[0] = { ...verify.checks[0], status: 'failed', reason: 'two bad pages' };
    const said = rehearse(usual, { 'instance verify': JSON.stringify(verify) });
    expect(said.status).toBe(1);
    expect(said.stdout).toMatch(/^failed: \S+: two bad pages\nRPO .* · TTR /);
    expect(traces()).toEqual([]);
  });

  it('ends with 1 when its source does not take what came out: coop status would not show it', () => {
    const refusing = JSON.stringify([['libexec/rehearsal keep', '', 1], ...Object.entries(answers())]);
    const said = rehearse(usual, {}, { FAKE_SSH_ANSWERS: refusing });
    expect(said.status).toBe(1);
    expect(said.stdout).toMatch(/coop status staging does not show this rehearsal: the source does not take/);
    expect(traces()).toEqual([]);
  });

  it.each([
    ['pulumi up fails', {}, { FAKE_UP: 'fail' }, /failed: pulumi up failed[\s\S]*422 no such size/],
    ['pulumi up fails before it makes anything', {}, { FAKE_UP: 'nothing' }, /failed: pulumi up failed/],
    ['the checks say nothing', { 'instance verify': 'oops' }, {}, /instance verify --json printed no JSON/],
    [
      'a canary got out',
      { 'instance canaries': '{"sent":2,"refused":1,"passed":1}' },
      {},
      /1 canary of 2 got out/,
    ],
  ])('takes the copy down when %s', (_, answered, env, told) => {
    const said = rehearse(usual, answered, env);
    expect(said.status).toBe(1);
    expect(said.stdout).toMatch(told);
    expect(traces()).toEqual([]);
  });

  it.each([
    ['a source that is not up', [], {}, { FAKE_OUTPUTS: '{}' }, /not up/],
    [
      'a source without a recovery kit',
      [],
      {},
      { FAKE_OUTPUTS: JSON.stringify({ ...outputs, recovery: undefined }) },
      /no output recovery/,
    ],
    ['a repository without a backup', [], { 'backup list': '[]' }, {}, /no backup yet/],
    ['a backup that is not there', ['--backup', 'x'], {}, {}, /--backup x — staging has: 20261122-010000F;/],
    [
      'a moment nothing reaches',
      ['--at', '2020-01-01T00:00:00Z'],
      {},
      {},
      /can be restored to any moment from/,
    ],
    [
      'a disk that is too small',
      ['--size', 's-2vcpu-4gb'],
      { '^du ': '99000000000\t/x' },
      {},
      /disk is too small/,
    ],
    [
      'a moment that is not archived yet',
      ['--at', ago(60)],
      {
        pg_control_system: JSON.stringify({
          system: SYSTEM,
          archived: Date.now() / 1000 - 100,
        }),
      },
      {},
      /can be restored to any moment from .*, when it last archived/,
    ],
    [
      'backups of another instance',
      [],
      { pg_control_system: '{"system":"7000000000000000000","archived":null}' },
      {},
      /the newest backup is of another database/,
    ],
    ['a machine nobody sells', ['--size', 'huge'], {}, {}, /no such size/],
    ['a moment without a zone', ['--at', '2026-11-22T18:00'], {}, {}, /write it like/],
  ])('refuses %s before anything is made', (_, args, answered, env, told) => {
    const said = rehearse([...usual, ...args], answered, env);
    expect(said.status).not.toBe(0);
    expect(said.stderr).toMatch(told);
    expect(said.stderr).not.toMatch(/\n +at /);
    expect(ups()).toEqual([]);
    expect(traces()).toEqual([]);
  });

  it('is made at Hetzner when told, and says what it costs there; without a token nothing is begun', () => {
    const there = [...usual, '--provider', 'hetzner', '--keep'];
    const none = rehearse(there);
    expect(none.status).toBe(1);
    expect(none.stderr).toMatch(/no token for the machine .*HCLOUD_TOKEN is not set .* nothing was made/);
    expect(traces()).toEqual([]);
    const said = rehearse(there, {}, { HCLOUD_TOKEN: 't'.repeat(64) });
    expect(said.stderr).toMatch(/costs EUR 0\.06 an hour, at least one \(cpx32\)/);
    const [stack = ''] = readdirSync(join(place.root, 'state')).filter((name) =>
      name.startsWith('rehearsal'),
    );
    expect(place.file(stack)).toMatch(
      /instance:primary:\n\s+provider: 'hetzner'\n\s+region: 'fsn1'\n\s+size: 'cpx32'\n/,
    );
    rehearse(['--cleanup', stack, '--yes']);
  });

  it('refuses a source that nobody knows, or that is a copy itself', () => {
    expect(rehearse(['stagin', '--yes', '--no-upload']).stderr).toMatch(
      /no stack stagin .*did you mean staging/,
    );
    const before = place.file('staging');
    const path = join(place.projectDir, 'Pulumi.staging.yaml');
    writeFileSync(path, before.replace('config:\n', 'config:\n  instance:restore: {from: prod}\n'));
    try {
      expect(rehearse(usual).stderr).toMatch(/staging is a copy itself .* nothing was made/);
      // What the engine says of a stack that has none.
      writeFileSync(path, before.replace('config:\n', 'config:\n  instance:restore: {}\n'));
      expect(rehearse(['staging', '--no-upload']).stderr).toMatch(/nobody can be asked/);
    } finally {
      writeFileSync(path, before);
    }
    expect(ups()).toEqual([]);
  });

  it('refuses a wrong passphrase, and writes nothing', () => {
    const wrong = join(place.root, 'wrong');
    writeFileSync(wrong, 'meadow anvil thirty copper window lake\n');
    const before = readdirSync(place.projectDir);
    const said = rehearse(usual, {}, { PULUMI_CONFIG_PASSPHRASE_FILE: wrong });
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/incorrect passphrase/);
    expect(said.stderr + said.stdout).not.toContain('anvil');
    expect(readdirSync(place.projectDir)).toEqual(before);
    const wrote = place.calls().filter(({ argv }) => /^(stack init|up|config set)\b/.test(argv.join(' ')));
    expect(wrote).toEqual([]);
  });

  it('goes on without a heartbeat, and says what that costs', () => {
    const said = rehearse(['staging', '--no-upload'], { 'FROM heartbeat': '\n' });
    expect(said.stderr).toMatch(/staging has no heartbeat: RPO will be told from the newest row/);
    const late = rehearse(['staging', '--no-upload'], { 'FROM heartbeat': '3600.5\n' });
    expect(late.stderr).toMatch(/last heartbeat of staging is 3601 s old/);
  });

  it('refuses a report nobody could put into the bucket, before anything is made', () => {
    const said = rehearse(['staging', '--yes']);
    expect(said.stderr).toMatch(/SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY not set .* --no-upload/);
    expect(ups()).toEqual([]);
  });
});

describe('told to stop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s it leaves nothing', async (signal) => {
    const { child, ended, said } = await begun();
    expect(traces()).toHaveLength(2);
    child.kill(signal);
    expect(await ended).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(said()).toContain('nothing is left of the rehearsal');
    expect(traces()).toEqual([]);
    expect(existsSync(join(place.projectDir, 'reports'))).toBe(false);
  });

  it('by a terminal that is closed it leaves nothing, though nobody reads what it says any more', async () => {
    const { child, ended } = await begun();
    child.stdout.destroy();
    child.stderr.destroy();
    child.kill('SIGHUP');
    expect(await ended).toBe(129);
    expect(traces()).toEqual([]);
  });

  it('outright, it is found by --cleanup, which stops the engine that was left at work', async () => {
    const { child, ended } = await begun();
    child.kill('SIGKILL');
    await ended;
    expect(traces()).toHaveLength(2);
    const said = rehearse(['--cleanup']);
    expect(said.stderr).toMatch(/left behind: rehearsal-\S+ .*its coop is gone[\s\S]*nobody can be asked/);
    expect(traces()).toHaveLength(2);
    const done = rehearse(['--cleanup', '--yes']);
    expect(done.stderr).toMatch(/engine that was left at work/);
    expect(done.stdout).toMatch(/^gone: rehearsal-/);
    expect(traces()).toEqual([]);
    expect(rehearse(['--cleanup']).stdout).toBe('nothing was left behind\n');
  });

  it('outright, it is taken down by the next rehearsal', async () => {
    const { child, ended } = await begun();
    child.kill('SIGKILL');
    await ended;
    const said = rehearse(usual);
    expect(said.stderr).toMatch(/left behind: rehearsal-/);
    expect(said.status).toBe(0);
    expect(traces()).toEqual([]);
  });
});

describe('two at once', () => {
  it('do not meet: neither takes the other for one that was left behind', async () => {
    const { child, ended } = await begun();
    const other = rehearse(usual);
    expect(other.status, other.stderr).toBe(0);
    expect(other.stderr).not.toContain('left behind');
    expect(traces()).toHaveLength(2);
    const [running] = readdirSync(join(place.root, 'state')).filter((name) => name.startsWith('rehearsal'));
    const refused = rehearse(['--cleanup', running as string, '--yes']);
    expect(refused.stderr).toMatch(/still running here/);
    child.kill('SIGTERM');
    await ended;
    expect(traces()).toEqual([]);
  });
});

describe('--keep', () => {
  it('leaves the copy, says until when and how it goes, and the next one leaves it alone', () => {
    const said = rehearse([...usual, '--keep']);
    const stack = /(rehearsal-\S+) is kept, and costs, until \S+ \S+ UTC/.exec(said.stdout)?.[1] as string;
    expect(said.stdout).toContain(`coop rehearse --cleanup ${stack}`);
    expect(traces()).toHaveLength(2);
    expect(rehearse(usual).stderr).toMatch(`left alone: ${stack}`);
    expect(traces()).toHaveLength(2);
    expect(rehearse(['--cleanup', stack, '--yes']).stdout).toBe(`gone: ${stack}\n`);
    expect(traces()).toEqual([]);
  });
});

it('--cleanup refuses what is no rehearsal', () => {
  for (const name of ['staging', 'rehearsal-20200101-000000'])
    expect(rehearse(['--cleanup', name, '--yes'])).toMatchObject({ status: 1 });
});
