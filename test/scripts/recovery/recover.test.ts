import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { publicKeyOf } from '../../../components/config/keys.ts';
import { type Kit, kitText, makeKit } from '../../../components/recovery/kit.ts';
import { readState } from '../../../scripts/doctor/state.ts';
import type { Ask } from '../../../scripts/lib/recovery/bucket.ts';
import {
  beginWith,
  begun,
  bringBack,
  findKit,
  refuseWhatIsThere,
  writeStack,
} from '../../../scripts/lib/recovery/recover.ts';
import { primaryOf } from '../../../scripts/lib/recovery/show.ts';
import { readStackConfig, type StackPlace, secretsOf } from '../../../scripts/lib/stack-config.ts';
import { completed, configOf } from '../../components/support/config.ts';
import { passphrase, recovery } from '../../fixtures/recovery.ts';
import { engineConfig } from '../../fixtures/stack.ts';
import { fakePulumi } from '../fake-pulumi.ts';

const from = {
  bucket: 'b',
  region: 'fra1',
  endpoint: 'fra1.example.org',
  keys: { accessKey: 'K', secretKey: 'S' },
};
const quiet = { note: () => {}, step: <T>(_: string, work: () => Promise<T>) => work() };
const place = (name: string) => ({ bucket: name, region: 'fra1', endpoint: 'fra1.example.org' });

// As the stack was: with secrets of every form, and names of buckets that follow from nothing.
const shipped = completed('prod');
const file = {
  ...shipped,
  protect: undefined,
  environment: { RAILS_LOG_LEVEL: 'warn' },
  mail: { host: 'smtp.example.org', user: 'coop', from: 'n@social.coop' },
  secrets: {
    ...(shipped.secrets as Record<string, string>),
    smtpPassword: `a "b" \\ c: #'`.replace("'", ''),
    environment: { HCAPTCHA_SECRET_KEY: 'multi: "word" #1' },
    databaseClients: { metrics: 'a-password-of-metrics-1' },
  },
  databaseClients: { metrics: { port: 5433, read: ['accounts'] } },
};
const kit: Kit = makeKit({
  project: 'instance',
  stack: 'prod',
  raw: engineConfig(file),
  config: configOf(file),
  media: place('m-of-old'),
  backups: place('b-of-old'),
});

/** A bucket that holds what is given, by key. */
function bucket(objects: Record<string, string | Uint8Array>): Ask & { asked: string[] } {
  const asked: string[] = [];
  const ask: Ask = async (url, { headers }) => {
    asked.push(`${url} ${headers.authorization?.split(' ')[0]}`);
    const found = objects[new URL(url).pathname.replace('/b/', '')];
    return found === undefined
      ? new Response('<Error><Code>NoSuchKey</Code></Error>', { status: 404 })
      : new Response(Buffer.from(found), { headers: { 'last-modified': 'Mon, 23 Nov 2026 04:15:00 GMT' } });
  };
  return Object.assign(ask, { asked });
}

async function sealed(text: string, recipient = recovery.recipient): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(text);
}
const whole = async (given = kit) => ({
  'recovery/identity.age': recovery.identity,
  'recovery/kit.age': await sealed(kitText(given)),
});

describe('the kit in the bucket', () => {
  it('is found with the bucket, a key and the passphrase', async () => {
    const ask = bucket(await whole());
    const found = await findKit(from, passphrase, ask);
    expect(found).toEqual({ kit, stored: new Date('2026-11-23T04:15:00Z') });
    expect(ask.asked).toEqual([
      'https://fra1.example.org/b/recovery/identity.age AWS4-HMAC-SHA256',
      'https://fra1.example.org/b/recovery/kit.age AWS4-HMAC-SHA256',
    ]);
  });

  it.each<[string, Ask, RegExp]>([
    ['an empty bucket', bucket({}), /^NoSuchKey — s3:\/\/b\/recovery\/identity\.age .* is it the bucket of/],
    [
      'a key that may not read',
      async () => new Response('<Error><Code>AccessDenied</Code></Error>', { status: 403 }),
      /^AccessDenied — .* — the key may not read it: set SPACES_ACCESS_KEY_ID/,
    ],
    [
      'a bucket of another name',
      async () => new Response('<Error><Code>NoSuchBucket</Code></Error>', { status: 404 }),
      /^NoSuchBucket — .* compare name and region/,
    ],
    [
      'no network',
      () => Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') })),
      /^no answer \(getaddrinfo ENOTFOUND\) — .* is the region right/,
    ],
  ])('%s is said', async (_, ask, message) => {
    await expect(findKit(from, passphrase, ask)).rejects.toThrow(message);
  });

  it('that is none, of a later form or not whole is refused, and nothing of it repeated', async () => {
    const of = async (text: string) =>
      findKit(from, passphrase, bucket({ ...(await whole()), 'recovery/kit.age': await sealed(text) }));
    await expect(of('hello')).rejects.toThrow(/^not a recovery kit — s3:\/\/b\/recovery\/kit\.age — /);
    await expect(of('{"format": 2}')).rejects.toThrow(/form 2, which this program does not know/);
    const error = await of(JSON.stringify({ ...kit, buckets: {} })).catch((problem) => problem);
    expect(error.message).toMatch(/not whole: buckets\.media, buckets\.backups/);
    expect(error.message).not.toContain('a-password-of-metrics-1');
  });
});

describe('the stack that is written', () => {
  let project: ReturnType<typeof fakePulumi>;
  beforeEach(() => {
    project = fakePulumi();
    writeFileSync(project.passphraseFile, `${passphrase}\n`);
  });
  afterEach(() => project.remove());

  const stack = () => ({
    projectDir: project.projectDir,
    stack: 'prod',
    env: { ...project.env, PULUMI_CONFIG_PASSPHRASE_FILE: project.passphraseFile },
  });
  const write = (changes = {}, given = kit) =>
    writeStack(stack(), { kit: given, stored: undefined }, 's3://b/recovery/kit.age', changes, quiet);

  it('is what the program accepts, with every secret as it was and SSH keys that are new', async () => {
    const result = await write();
    expect(result).toMatchObject({ problems: [], created: true, written: true, recovery: false });
    const config = await readStackConfig(stack());
    const { hostKey, secondaryHostKey, deployKey, ...secrets } = secretsOf(config) as Record<string, string>;
    const {
      hostKey: h,
      secondaryHostKey: s,
      deployKey: d,
      ...others
    } = file.secrets as object as Record<string, string>;
    expect(secrets).toEqual(others);
    for (const [made, was, line] of [
      [hostKey, h, 'hostPublicKey'],
      [secondaryHostKey, s, 'secondaryHostPublicKey'],
      [deployKey, d, 'deployPublicKey'],
    ] as const) {
      expect(made).not.toBe(was);
      const found = publicKeyOf(made ?? '') as { line: string };
      expect(config.values[`instance:${line}`]).toContain(found.line);
    }
    const plain = parse(project.file('prod')).config;
    expect(plain['instance:storage']).toEqual({
      provider: 'spaces',
      region: 'fra1',
      media: 'm-of-old',
      backups: 'b-of-old',
    });
    expect(plain['instance:recovery']).toEqual(recovery);
    expect(plain['instance:primary']).toEqual(file.primary);
    expect(plain['instance:environment']).toEqual({ RAILS_LOG_LEVEL: 'warn' });
    expect(project.file('prod')).not.toContain('a-password-of-metrics-1');
    const seen = JSON.stringify(project.calls().map(({ argv, env }) => [argv, env]));
    for (const value of Object.values(others).filter((each) => typeof each === 'string'))
      expect(seen).not.toContain(JSON.stringify(value).slice(1, -1));
  });

  it('keeps of a file that ships what a kit does not know, and lets the kit decide the rest', async () => {
    writeFileSync(
      join(project.projectDir, 'Pulumi.prod.yaml'),
      '# prod\nconfig:\n  instance:protect: true\n  instance:domain: other.example.org\n  instance:rpo: 30\n  aws:region: x\n',
    );
    expect((await write()).problems).toEqual([]);
    expect(project.file('prod')).toMatch(/^# prod\n/);
    const { config } = parse(project.file('prod'));
    expect(config).toMatchObject({
      'instance:protect': true,
      'instance:domain': 'social.coop',
      'aws:region': 'x',
    });
    expect(config).not.toHaveProperty(['instance:rpo']);
  });

  it('says the moment it is brought back to in quotes: Pulumi would read a bare one as a time, and write it otherwise', async () => {
    expect((await write({ recover: { to: '2026-11-23T04:15:00.5Z' } })).problems).toEqual([]);
    expect(project.file('prod')).toMatch(/to: ["']2026-11-23T04:15:00\.5Z["']/);
  });

  it('has another machine where the old place is gone', async () => {
    const primary = { provider: 'digitalocean', region: 'ams3', size: 's-8vcpu-16gb' };
    expect((await write({ primary })).problems).toEqual([]);
    expect(parse(project.file('prod')).config['instance:primary']).toEqual(primary);
  });

  it('is not written from a kit that lacks a secret: a new one would not open the database', async () => {
    const { activeRecordPrimaryKey: _, ...rest } = JSON.parse(kit.config['instance:secrets'] ?? '');
    const damaged = { ...kit, config: { ...kit.config, 'instance:secrets': JSON.stringify(rest) } };
    await expect(write({}, damaged)).rejects.toThrow(/lacks activeRecordPrimaryKey — s3:\/\/b/);
    expect(existsSync(join(project.projectDir, 'Pulumi.prod.yaml'))).toBe(false);
  });

  it('can be written again after a run that was killed before the file', async () => {
    const env = { ...stack().env, FAKE_FAIL_AT: 'secrets.redisPassword' };
    const killed = writeStack({ ...stack(), env }, { kit, stored: undefined }, 'x', {}, quiet);
    await expect(killed).rejects.toThrow(/no space left/);
    expect(readdirSync(project.projectDir)).toEqual(['Pulumi.yaml']);
    expect((await write()).problems).toEqual([]);
  });

  it('is brought up with what it is to be brought back to, and then is one like any other', async () => {
    const ups = () =>
      readFileSync(`${project.env.FAKE_LOG}.ups`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    expect(begun(stack())).toBeUndefined();
    await write({ recover: { to: 'latest' } });
    const failing = { ...stack(), env: { ...stack().env, FAKE_UP_FAILS: '1' } };
    await expect(bringBack(failing, quiet)).rejects.toThrow(/the machine does not answer/);
    // The next run sees that, and goes on.
    expect(begun(stack())).toEqual({ to: 'latest' });
    // From another backup, when the newest turned out to be damaged.
    const again = { to: 'latest', backup: '20261122-010000F' };
    beginWith(stack(), again.backup);
    expect(begun(stack())).toEqual(again);
    await bringBack(stack(), quiet);
    expect(ups()).toEqual([again, null]);
    expect(begun(stack())).toBeUndefined();
    expect(project.file('prod')).toContain('instance:storage:');
  });

  it('stays away from what is not lost', async () => {
    const old = { ...from, bucket: 'b-of-old' };
    const refuse = async (stack: StackPlace, at = old) =>
      refuseWhatIsThere(stack, at, kit, await readState(stack));
    await expect(refuse({ ...stack(), stack: 'staging' })).rejects.toThrow(
      /is of another stack — prod, not staging/,
    );
    await expect(refuse(stack(), from)).rejects.toThrow(/another bucket of backups — b-of-old, not b — /);
    await refuse(stack());
    const droplet = { urn: 'u', type: 'digitalocean:index/droplet:Droplet', id: '1' };
    await write();
    const env = { ...stack().env, FAKE_EXPORT: JSON.stringify({ deployment: { resources: [droplet] } }) };
    await expect(refuse(stack())).rejects.toThrow(/the stack file is there, with its secrets/);
    writeFileSync(join(project.projectDir, 'Pulumi.prod.yaml'), '');
    await expect(refuse({ ...stack(), env })).rejects.toThrow(/the state knows a server/);
  });
});

describe('the new machine', () => {
  const primary = { provider: 'hetzner', region: 'fsn1', size: 'cpx42' };
  const given = { ...kit, config: { ...kit.config, 'instance:primary': JSON.stringify(primary) } };
  it.each([
    [{}, {}],
    [{ size: 'cpx52' }, { primary: { ...primary, size: 'cpx52' } }],
    [{ provider: 'hetzner', region: 'nbg1' }, { primary: { ...primary, region: 'nbg1' } }],
    // What is a size here means nothing there: the check of the config asks for one.
    [{ provider: 'digitalocean', region: 'fra1' }, { primary: { provider: 'digitalocean', region: 'fra1' } }],
  ])('asked for by %j is %j', (flags, expected) => {
    expect(primaryOf(given, flags)).toEqual(expected);
  });
});
