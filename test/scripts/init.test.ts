import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type InitOptions, initStack } from '../../scripts/lib/init.ts';
import { openIdentity, recipientOf } from '../../scripts/lib/recovery/identity.ts';
import { fakePulumi } from './fake-pulumi.ts';

const answers = {
  domain: 'staging.social.coop',
  contact: 'tech@social.coop',
  sshFrom: ['203.0.113.0/28'],
  dns: { provider: 'none' },
  mail: { host: 'smtp.example.org', from: 'notifications@social.coop' },
  images: Object.fromEntries(
    ['web', 'streaming', 'postgres', 'redis'].map((name) => [
      name,
      `registry.example/${name}@sha256:${'5c'.repeat(32)}`,
    ]),
  ),
};
const quiet: NonNullable<InitOptions['progress']> = { note: () => {}, step: (_, work) => work() };

let place: ReturnType<typeof fakePulumi>;
beforeEach(() => {
  place = fakePulumi();
});
afterEach(() => place.remove());

const init = (options: Partial<InitOptions> = {}) =>
  initStack({
    projectDir: place.projectDir,
    stack: 'staging',
    env: place.env,
    passphraseFile: place.passphraseFile,
    resolveImages: false,
    progress: quiet,
    answers,
    ...options,
  });

/** The secrets in a stack file, in the clear. */
function secrets(): Record<string, string> {
  const config = parse(place.file('staging')).config['instance:secrets'];
  const open = ({ secure }: { secure: string }) => [...(secure.split('|')[1] as string)].reverse().join('');
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, open(value as { secure: string })]),
  );
}

describe('coop init', () => {
  it('makes a stack that the program accepts', async () => {
    const result = await init();
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ written: true, created: true, kept: [] });
    expect(result.generated).toHaveLength(12);
    expect(parse(place.file('staging')).config['instance:domain']).toBe('staging.social.coop');
  });

  it('run again keeps every secret and writes nothing', async () => {
    await init();
    const [file, before] = [place.file('staging'), secrets()];
    const again = await init();
    expect(again).toMatchObject({ written: false, created: false, generated: [] });
    const theirs = file
      .replace('domain: staging', "domain:   'staging")
      .replace('coop\n', "coop'   # typed by hand\n");
    writeFileSync(join(place.projectDir, 'Pulumi.staging.yaml'), theirs);
    expect((await init()).written).toBe(false);
    expect(again.kept.sort()).toEqual(Object.keys(before).sort());
    expect(place.file('staging')).toBe(theirs);
  });

  it('gives a copy of another stack the keys of its machine, and asks for nothing that comes from there', async () => {
    const copy = { restore: { from: 'staging' }, primary: { provider: 'digitalocean', region: 'fra1' } };
    const result = await init({ stack: 'copy', answers: copy });
    expect(result).toMatchObject({ problems: [], recovery: false, generated: ['hostKey', 'deployKey'] });
    expect(Object.keys(parse(place.file('copy')).config).sort()).toEqual(
      ['deployPublicKey', 'hostPublicKey', 'primary', 'restore', 'secrets'].map((name) => `instance:${name}`),
    );
    const wrong = { ...copy, restore: { from: 'staging', media: 'everything' } };
    expect((await init({ stack: 'other', answers: wrong })).problems.map(({ key }) => key)).toEqual([
      'restore.media',
    ]);
  });

  it('makes only the secret that is missing', async () => {
    await init();
    const before = secrets();
    const path = join(place.projectDir, 'Pulumi.staging.yaml');
    writeFileSync(path, place.file('staging').replace(/ {4}redisPassword:\n.*\n/, ''));
    expect((await init()).generated).toEqual(['redisPassword']);
    const { redisPassword, ...others } = secrets();
    const { redisPassword: old, ...same } = before;
    expect(others).toEqual(same);
    expect(redisPassword).not.toBe(old);
  });

  it('makes the keys of the recovery kit for the passphrase, adds them to an old stack and never replaces them', async () => {
    expect((await init()).recovery).toBe(true);
    const { recipient, identity } = parse(place.file('staging')).config['instance:recovery'];
    const passphrase = readFileSync(place.passphraseFile, 'utf8').trim();
    expect(await recipientOf(await openIdentity(identity, passphrase, 'x'))).toBe(recipient);
    const before = place.file('staging');
    expect(await init()).toMatchObject({ recovery: false, written: false });
    const path = join(place.projectDir, 'Pulumi.staging.yaml');
    writeFileSync(path, before.replace(/ {2}instance:recovery:\n( {4}.*\n)+/, ''));
    expect(place.file('staging')).not.toContain('recovery');
    expect(await init()).toMatchObject({ recovery: true, written: true, generated: [] });
    expect(place.file('staging')).not.toContain(recipient);
  });

  it('makes none beside a running stack: a new one would not open what is there', async () => {
    await init();
    const path = join(place.projectDir, 'Pulumi.staging.yaml');
    const lost = place.file('staging').replace(/ {4}redisPassword:\n.*\n/, '');
    writeFileSync(path, lost);
    const resources = [{ urn: 'u', type: 'digitalocean:index/droplet:Droplet', id: '1' }];
    const env = { ...place.env, FAKE_EXPORT: JSON.stringify({ deployment: { resources } }) };
    await expect(init({ env })).rejects.toThrow(
      /staging is running, and its file lacks redisPassword — .* get the file from whoever .*--new-secret redisPassword/,
    );
    expect(place.file('staging')).toBe(lost);
    expect((await init({ env, newSecrets: ['redisPassword'] })).generated).toEqual(['redisPassword']);
    // One that a stack has only since it has a second machine is no data's.
    const secondary = { provider: 'hetzner', region: 'fsn1', size: 'cpx32' };
    expect((await init({ env, answers: { ...answers, secondary } })).generated).toEqual(['secondaryHostKey']);
  });

  it('puts no secret on a command line or into the environment of pulumi, nor the passphrase', async () => {
    await init({ smtpPassword: 'hunter2-at-the-relay' });
    const calls = place.calls();
    expect(calls.length).toBeGreaterThan(13);
    const seen = JSON.stringify(calls.map(({ argv, env }) => [argv, env]));
    const values = Object.values(secrets());
    expect(values).toHaveLength(13);
    for (const value of values) expect(seen).not.toContain(JSON.stringify(value).slice(1, -1));
    expect(seen).not.toContain(readFileSync(place.passphraseFile, 'utf8').trim());
    expect(seen).not.toContain(place.env.DIGITALOCEAN_TOKEN);
    // What was looked for does exist: each value went through stdin once.
    for (const value of values) expect(calls.filter(({ input }) => input === `${value}\n`)).toHaveLength(1);
  });

  it('keeps comments and other keys of a stack file', async () => {
    const path = join(place.projectDir, 'Pulumi.staging.yaml');
    writeFileSync(path, '# ours\nconfig:\n  instance:rpo: 30 # seconds\n  aws:region: fra1\n');
    await init();
    expect(place.file('staging')).toMatch(
      /^# ours\nconfig:\n {2}instance:rpo: 30 # seconds\n {2}aws:region: fra1\n/,
    );
  });

  it('lists everything that is missing at once, and has made the secrets', async () => {
    const result = await init({ answers: { domain: 'staging.social.coop' } });
    expect(result.problems.map(({ key }) => key).sort()).toEqual([
      'contact',
      'dns',
      'images',
      'mail',
      'sshFrom',
    ]);
    expect(result.generated).toHaveLength(12);
  });

  it('leaves the stack file as it was when it is interrupted, and nothing beside it', async () => {
    await init({ answers: { ...answers, rpo: 30 } });
    const before = place.file('staging').replace(/ {4}redisPassword:\n.*\n/, '');
    writeFileSync(join(place.projectDir, 'Pulumi.staging.yaml'), before);
    const env = { ...place.env, FAKE_FAIL_AT: 'secrets.redisPassword' };
    await expect(init({ env, answers: { ...answers, rpo: 60 } })).rejects.toThrow(/no space left/);
    expect(place.file('staging')).toBe(before);
    expect(readdirSync(place.projectDir).sort()).toEqual(['Pulumi.staging.yaml', 'Pulumi.yaml']);
  });

  it('does not write over what somebody else wrote meanwhile', async () => {
    const path = join(place.projectDir, 'Pulumi.staging.yaml');
    const theirs = 'config:\n  instance:rpo: 30\n';
    const progress: InitOptions['progress'] = {
      note: () => {},
      step(name, work) {
        if (name.startsWith('read back')) writeFileSync(path, theirs);
        return work();
      },
    };
    await expect(init({ progress })).rejects.toThrow(/changed meanwhile/);
    expect(place.file('staging')).toBe(theirs);
  });

  it('refuses a wrong passphrase before anything is written', async () => {
    await init();
    const before = place.file('staging');
    writeFileSync(place.passphraseFile, 'another that is long enough, for sure');
    await expect(init({ answers: { ...answers, rpo: 30 } })).rejects.toThrow(/incorrect passphrase/);
    expect(place.file('staging')).toBe(before);
  });

  it('refuses a weak passphrase for a new stack, and does not judge that of an old one', async () => {
    writeFileSync(place.passphraseFile, 'short');
    await expect(init()).rejects.toThrow(/too weak/);
    writeFileSync(place.passphraseFile, 'gravel otter lamp sunday frost quill');
    await init();
    await init({ passphraseFile: undefined, passphraseCommand: `cat ${place.passphraseFile}` });
  });

  it('refuses to change the domain', async () => {
    await init();
    await expect(init({ answers: { domain: 'other.social.coop' } })).rejects.toThrow(/can never change/);
  });

  it.each([
    [
      'half of a VAPID pair',
      / {4}vapidPublicKey:\n.*\n/,
      /half of a key pair is missing: secrets\.vapidPublicKey/,
    ],
    [
      'a host key without its public half',
      / {2}instance:hostPublicKey:.*\n/,
      /half .* missing: hostPublicKey/,
    ],
    ['a public host key without its private half', / {4}hostKey:\n.*\n/, /half .* missing: secrets\.hostKey/],
  ])('refuses to replace %s', async (_, line, message) => {
    await init();
    const without = place.file('staging').replace(line, '');
    expect(without).not.toBe(place.file('staging'));
    writeFileSync(join(place.projectDir, 'Pulumi.staging.yaml'), without);
    await expect(init()).rejects.toThrow(message);
  });

  it('refuses a secret in the clear, without repeating it', async () => {
    await init();
    const clear = place.file('staging').replace(/( {4}redisPassword):\n.*\n/, '$1: hunter2\n');
    writeFileSync(join(place.projectDir, 'Pulumi.staging.yaml'), clear);
    const error = await init().catch((problem: Error) => problem);
    expect(error).toMatchObject({ message: expect.stringMatching(/in the clear: redisPassword/) });
    expect((error as Error).message).not.toContain('hunter2');
  });

  it.each(['../evil', 'a b', '', '-x', 'a/b'])('refuses %j as a name', async (stack) => {
    await expect(init({ stack })).rejects.toThrow(/not a stack name/);
    expect(place.calls()).toEqual([]);
  });
});
