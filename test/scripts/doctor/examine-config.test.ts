import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recovery } from '../../fixtures/recovery.ts';
import { ana, examined, failures, of, running } from './examined.ts';

const doctor = examined();

describe('the stack file', () => {
  const without = (text: string) => text.replace(/ {4}redisPassword:\n.*\n/, '');
  it('that lacks a secret gets a new one while nothing runs', async () => {
    doctor.edit(without);
    const [found] = of(await doctor.look(), 'stack file');
    expect(found).toMatchObject({ level: 'failure', remedy: 'make them: coop init staging' });
    expect(found?.text).toContain('lacks a secret: redisPassword');
  });

  it('that lacks a secret of a running stack is fetched, never made anew', async () => {
    doctor.edit(without);
    const [found] = of(await doctor.look(running()), 'stack file');
    expect(found?.text).toMatch(/redisPassword, and the stack is running/);
    expect(found?.remedy).toMatch(/^do not make new ones: get the file from whoever ran pulumi last/);
  });

  it('that began anew is not that of the state', async () => {
    const state = JSON.parse(running().FAKE_EXPORT);
    state.deployment.secrets_providers = { type: 'passphrase', state: { salt: 'v1:other' } };
    const found = of(await doctor.look({ FAKE_EXPORT: JSON.stringify(state) }), 'stack file');
    expect(found[1]?.text).toContain('different passphrases');
  });
});

describe('the recovery kit', () => {
  const found = async (env?: NodeJS.ProcessEnv) =>
    of(await doctor.look(env), 'recovery').map(({ level, text }) => `${level}: ${text}`);

  it('is opened by the passphrase', async () => {
    expect(await found()).toEqual(['ok: the passphrase opens the recovery kit']);
  });

  it('that another passphrase opens is a failure, with the way out', async () => {
    const other = `    identity: ${JSON.stringify(recovery.identity)}\n`;
    doctor.edit((text) => text.replace(/ {4}identity: \|\n( {6}.*\n)+/, other));
    const [result] = of(await doctor.look(), 'recovery');
    expect(result).toMatchObject({
      level: 'failure',
      text: 'the passphrase does not open the recovery identity',
      remedy: expect.stringMatching(/remove instance:recovery .* coop init staging; pulumi up -s staging/),
    });
  });

  it('with a recipient that is not of the identity is a failure: nobody could open it', async () => {
    doctor.edit((text) => text.replace(/recipient: age1\w+/, `recipient: ${recovery.recipient}`));
    expect(await found()).toEqual([
      'failure: recipient and identity are no pair: nobody could open the recovery kit',
    ]);
  });

  it('is not judged without the passphrase, or with a wrong one', async () => {
    expect(await found({ PULUMI_CONFIG_PASSPHRASE_FILE: '' })).toEqual([expect.stringMatching(/^skipped: /)]);
    writeFileSync(join(doctor.place.root, 'wrong'), 'not this one, not this one\n');
    const results = await doctor.look({}, { passphraseFile: join(doctor.place.root, 'wrong') });
    expect(of(results, 'recovery').map(({ level }) => level)).toEqual(['skipped']);
  });
});

describe('the passphrase', () => {
  it('that is wrong', async () => {
    writeFileSync(join(doctor.place.root, 'wrong'), 'not this one, not this one\n');
    const results = await doctor.look({}, { passphraseFile: join(doctor.place.root, 'wrong') });
    expect(of(results, 'passphrase')[0]).toMatchObject({
      level: 'failure',
      text: 'it does not open the secrets of staging: the wrong one',
    });
    expect(of(results, 'config').map(({ level }) => level)).toEqual(['ok', 'skipped']);
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['that nobody gave', { PULUMI_CONFIG_PASSPHRASE_FILE: undefined }, /not at hand/],
    [
      'whose file is not there',
      { PULUMI_CONFIG_PASSPHRASE_FILE: '/nowhere' },
      /cannot read the passphrase: \/nowhere/,
    ],
    [
      'whose command fails',
      { PULUMI_CONFIG_PASSPHRASE_FILE: undefined, COOP_PASSPHRASE_COMMAND: 'exit 3' },
      /ended with 3/,
    ],
  ])('%s', async (_, env, text) => {
    const [found] = of(await doctor.look(env), 'passphrase');
    expect(found).toMatchObject({ level: 'failure', text: expect.stringMatching(text) });
    expect(found?.remedy).toMatch(/second-admin\.md.*pass show coop\/staging/);
  });
});

describe('the config', () => {
  it('is judged without the passphrase too: an admin key that does not parse', async () => {
    doctor.edit((text) => text.replace(ana.publicKey, 'ssh-ed25519 AAAAnonsense ana'));
    for (const env of [{}, { PULUMI_CONFIG_PASSPHRASE_FILE: undefined }]) {
      const [found] = failures(of(await doctor.look(env), 'config'));
      expect(found?.text).toMatch(/^admins\.ana\[0\] = .* is not an OpenSSH public key/);
    }
  });

  it('every problem is a finding of its own', async () => {
    doctor.edit((text) => text.replace('config:', 'config:\n  instance:rpo: 1\n  instance:uploadMb: nine'));
    expect(failures(of(await doctor.look(), 'config'))).toHaveLength(2);
  });
});

describe('the state', () => {
  it('that is locked: by whom, since when, and what to do', async () => {
    const locks = join(doctor.place.root, 'state/.pulumi/locks/organization/instance/staging');
    mkdirSync(locks, { recursive: true });
    const lock = { pid: 4711, username: 'ana', hostname: 'laptop', timestamp: '2026-11-22T10:00:00.7Z' };
    writeFileSync(join(locks, 'ce23713c.json'), JSON.stringify(lock));
    const found = of(await doctor.look({}, { now: new Date('2026-11-22T10:12:00Z') }), 'state');
    expect(found[1]).toEqual({
      check: 'state',
      level: 'warning',
      text: 'locked by ana on laptop (process 4711) since 2026-11-22 10:00 UTC, 12 minutes ago',
      remedy: 'ask them; only when that run is dead for sure: pulumi cancel --stack staging',
    });
  });

  it('with a lock that was cut off while it was written', async () => {
    const locks = join(doctor.place.root, 'state/.pulumi/locks/organization/instance/staging');
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, 'ce23713c.json'), '');
    expect(of(await doctor.look(), 'state')[1]).toMatchObject({
      level: 'warning',
      text: `a lock that was cut off: ${join(locks, 'ce23713c.json')}`,
      remedy: expect.stringMatching(/pulumi cancel --stack staging$/),
    });
  });

  it('that cannot be reached, or knows no such stack', async () => {
    expect(of(await doctor.look({ FAKE_BACKEND_DOWN: '1' }), 'state')[0]).toMatchObject({
      level: 'failure',
      text: expect.stringMatching(/cannot be read: .*connection refused/),
    });
    expect(of(await doctor.look({ FAKE_STATE: doctor.place.projectDir }), 'state')[0]?.text).toContain(
      'knows no stack staging',
    );
  });
});
