import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { reportSchema } from '../../../scripts/lib/report/schema.ts';
import { aBackup, ago, answers, outputs, rehearsalBed, SYSTEM, usual } from './bed.ts';

const { place, rehearse, traces, ups } = rehearsalBed();
vi.setConfig({ testTimeout: 120_000 });

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
    expect(place().ssh().argv.at(-1)).toBe('/opt/social.coop/libexec/rehearsal keep');
    expect(place().ssh().knownHosts?.text).toMatch(/^coop-staging /);
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
    const [stack] = readdirSync(join(place().root, 'state')).filter((name) => name.startsWith('rehearsal'));
    const file = place().file(stack as string);
    expect(file).toMatch(
      /instance:restore:\n\s+from: 'staging'\n\s+at: '.*Z'\n\s+backup: '20261122-010000F'\n\s+media: 'empty'\n\s+hours: 2\n/,
    );
    expect(file).toMatch(/instance:expires: '\d{4}-\d\d-\d\d'\n/);
    const secrets = place()
      .calls()
      .filter(({ argv }) => argv[0] === 'config' && argv[1] === 'set' && argv.includes(stack as string))
      .map(({ argv }) => argv[4]);
    expect(secrets.sort()).toEqual(['secrets.deployKey', 'secrets.hostKey']);
    const asked = place().sshOf('instance canaries');
    expect(asked?.identity?.text).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    expect(asked?.knownHosts?.text).toContain(`coop-${stack} ssh-ed25519 `);
    for (const { argv } of place().calls()) expect(argv.join(' ')).not.toContain('OPENSSH');
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
    const [stack = ''] = readdirSync(join(place().root, 'state')).filter((name) =>
      name.startsWith('rehearsal'),
    );
    expect(place().file(stack)).toMatch(
      /instance:primary:\n\s+provider: 'hetzner'\n\s+region: 'fsn1'\n\s+size: 'cpx32'\n/,
    );
    rehearse(['--cleanup', stack, '--yes']);
  });

  it('refuses a source that nobody knows, or that is a copy itself', () => {
    expect(rehearse(['stagin', '--yes', '--no-upload']).stderr).toMatch(
      /no stack stagin .*did you mean staging/,
    );
    const before = place().file('staging');
    const path = join(place().projectDir, 'Pulumi.staging.yaml');
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
    const wrong = join(place().root, 'wrong');
    writeFileSync(wrong, 'meadow anvil thirty copper window lake\n');
    const before = readdirSync(place().projectDir);
    const said = rehearse(usual, {}, { PULUMI_CONFIG_PASSPHRASE_FILE: wrong });
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/incorrect passphrase/);
    expect(said.stderr + said.stdout).not.toContain('anvil');
    expect(readdirSync(place().projectDir)).toEqual(before);
    const wrote = place()
      .calls()
      .filter(({ argv }) => /^(stack init|up|config set)\b/.test(argv.join(' ')));
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
