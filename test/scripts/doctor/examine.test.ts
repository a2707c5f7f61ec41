import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Clouds, type Identity, Refusal, Silence } from '../../../scripts/doctor/clouds/cloud.ts';
import { type ExamineOptions, examine, type Result } from '../../../scripts/doctor/examine.ts';
import { findContext } from '../../../scripts/lib/context.ts';
import { makeSshKeyPair } from '../../../scripts/lib/openssh.ts';
import { fakeStack } from '../fake-pulumi.ts';

// A pulumi that is played, and clouds that say what each test wants; the lab's are asked in test/stacks.

const zoneId = '0123456789abcdef0123456789abcdef';
const ana = makeSshKeyPair('ana@laptop');
const answers = {
  domain: 'staging.social.coop',
  contact: 'tech@social.coop',
  sshFrom: ['203.0.113.0/28'],
  dns: { provider: 'cloudflare', zone: 'social.coop', zoneId },
  mail: { host: 'smtp.example.org', from: 'notifications@social.coop' },
  admins: { ana: [ana.publicKey] },
  images: Object.fromEntries(
    ['web', 'streaming', 'postgres', 'redis'].map((name) => [
      name,
      `registry.example/${name}@sha256:${'5c'.repeat(32)}`,
    ]),
  ),
};

let place: Awaited<ReturnType<typeof fakeStack>>;
let clouds: Clouds;
let file: string;
let written: string;
beforeAll(async () => {
  place = await fakeStack(answers);
  file = join(place.projectDir, 'Pulumi.staging.yaml');
  written = readFileSync(file, 'utf8');
});
beforeEach(() => {
  writeFileSync(file, written);
  for (const left of ['.ssh', 'state/.pulumi', '.cache'])
    rmSync(join(place.root, left), { recursive: true, force: true });
  const cloud = { whoami: async () => good, sees: async () => true, quotas: async () => [] };
  clouds = {
    hetzner: cloud,
    digitalocean: { ...cloud },
    spaces: { whoami: async () => good },
    cloudflare: {
      whoami: async () => good,
      zone: async () => ({ name: 'social.coop', account: 'Social Coop' }),
      records: async () => [],
    },
  };
});
afterAll(() => place.remove());

const good: Identity = { account: 'social-coop', access: 'read-write' };
const tokens = {
  DIGITALOCEAN_TOKEN: 'do',
  SPACES_ACCESS_KEY_ID: 'id',
  SPACES_SECRET_ACCESS_KEY: 'secret',
  CLOUDFLARE_API_TOKEN: 'cf',
};
const droplet = { urn: 'u', type: 'digitalocean:index/droplet:Droplet', id: '400' };
const running = (more: object[] = [], outputs: object = {}) => ({
  FAKE_EXPORT: JSON.stringify({
    deployment: { resources: [{ urn: 's', type: 'pulumi:pulumi:Stack', outputs }, droplet, ...more] },
  }),
});

async function look(env: NodeJS.ProcessEnv = {}, options: ExamineOptions = {}): Promise<Result[]> {
  const passphrase = { PULUMI_CONFIG_PASSPHRASE_FILE: place.passphraseFile };
  const context = findContext(
    place.projectDir,
    { ...place.env, ...passphrase, ...tokens, ...env },
    '/no-lab',
  );
  return examine(context, 'staging', { clouds, ...options });
}
const of = (results: Result[], check: string) => results.filter((result) => result.check === check);
const failures = (results: Result[]) => results.filter(({ level }) => level === 'failure');
const edit = (change: (text: string) => string) => writeFileSync(file, change(written));

describe('a stack in order', () => {
  it('has nothing to mend, and every check says what it saw', async () => {
    const results = await look();
    expect(failures(results)).toEqual([]);
    const checks = new Set(results.map(({ check }) => check));
    for (const name of [
      'versions',
      'ssh here',
      'state',
      'stack file',
      'passphrase',
      'config',
      'digitalocean',
    ])
      expect([...checks]).toContain(name);
    for (const name of ['spaces', 'cloudflare', 'names', 'costs']) expect([...checks]).toContain(name);
    // It needs no account there.
    expect([...checks]).not.toContain('hetzner');
  });

  it('every failure and warning names a remedy, and none a secret', async () => {
    const results = await look({ DIGITALOCEAN_TOKEN: '', PULUMI_CONFIG_PASSPHRASE_FILE: '/nowhere' });
    for (const { level, text, remedy } of results)
      if (level === 'failure' || level === 'warning') expect(remedy, text).toBeTruthy();
    expect(JSON.stringify(results)).not.toMatch(/gravel otter|PRIVATE KEY/);
  });

  it('leaves no file behind', async () => {
    const before = readdirSync('/dev/shm').filter((name) => name.includes(`-${process.pid}-`));
    await look(running([], { address: '203.0.113.10' }));
    expect(readdirSync('/dev/shm').filter((name) => name.includes(`-${process.pid}-`))).toEqual(before);
  });
});

describe('tokens', () => {
  it('that are not set: which, what they must be allowed, and where to get them', async () => {
    const [found] = of(await look({ CLOUDFLARE_API_TOKEN: '' }), 'cloudflare');
    expect(found).toMatchObject({ level: 'failure', text: 'CLOUDFLARE_API_TOKEN is not set' });
    expect(found?.remedy).toMatch(/Zone \/ DNS \/ Edit.*dash\.cloudflare\.com.*export CLOUDFLARE_API_TOKEN=/);
    const [spaces] = of(await look({ SPACES_SECRET_ACCESS_KEY: '' }), 'spaces');
    expect(spaces?.text).toBe('SPACES_SECRET_ACCESS_KEY is not set');
  });

  it('that are refused', async () => {
    clouds.digitalocean.whoami = () =>
      Promise.reject(new Refusal(401, 'Unauthorized', 'Unable to authenticate you'));
    expect(of(await look(), 'digitalocean')).toEqual([
      expect.objectContaining({
        level: 'failure',
        text: 'DIGITALOCEAN_TOKEN is not accepted: Unable to authenticate you (401)',
      }),
    ]);
  });

  it('that may only read, or lack a scope', async () => {
    clouds.digitalocean.whoami = async () => ({ ...good, access: 'read', missing: ['firewall:read'] });
    const found = of(await look(), 'digitalocean');
    expect(found.map(({ level }) => level)).toEqual(['failure', 'failure']);
    expect(found[0]?.text).toBe('account social-coop: the token may only read');
    expect(found[1]?.text).toContain('lacks firewall:read');
  });

  it('are not judged when the provider does not answer', async () => {
    clouds.cloudflare.whoami = () =>
      Promise.reject(new Silence('api.cloudflare.com does not answer (ENOTFOUND)'));
    expect(of(await look(), 'cloudflare')[0]).toMatchObject({ level: 'warning' });
  });

  it('teach the header of every verb the account’s name', async () => {
    await look();
    const names = readFileSync(join(place.root, '.cache/social-coop/accounts.json'), 'utf8');
    expect(Object.values(JSON.parse(names))).toContain('social-coop');
  });
});

describe('servers', () => {
  it('of the state that the token does not see: another project’s token', async () => {
    clouds.digitalocean.sees = async () => false;
    const firewall = { urn: 'f', type: 'digitalocean:index/firewall:Firewall', id: 'fw' };
    const [found] = of(await look(running([firewall])), 'servers');
    expect(found).toMatchObject({ level: 'failure' });
    expect(found?.text).toMatch(/server 400 cannot be seen.*DIGITALOCEAN_TOKEN.*another project or team/);
  });

  it('that somebody deleted are told from that by what is left', async () => {
    clouds.digitalocean.sees = async (kind) => kind === 'firewall';
    const firewall = { urn: 'f', type: 'digitalocean:index/firewall:Firewall', id: 'fw' };
    expect(of(await look(running([firewall])), 'servers')[0]?.text).toMatch(/is gone.*somebody deleted it/);
  });

  it('that the account has no room for', async () => {
    clouds.digitalocean.quotas = async () => [{ what: 'Droplets', limit: 3, used: 3 }];
    expect(of(await look(), 'quotas')[0]).toMatchObject({
      level: 'failure',
      text: expect.stringContaining('3 of 3 Droplets'),
    });
    // The one that is wanted is among them already.
    expect(of(await look(running()), 'quotas')[0]?.level).toBe('ok');
  });
});

describe('names', () => {
  const record = (type: string, content: string, id = 'x') => ({
    id,
    type,
    name: 'staging.social.coop',
    content,
  });
  it.each<[string, string, string]>([
    ['CNAME', 'elsewhere.example', 'failure'],
    ['A', '192.0.2.9', 'failure'],
    ['AAAA', '2001:db8::9', 'failure'],
    ['NS', 'ns.example', 'failure'],
    ['CAA', '0 issue "other.example"', 'warning'],
  ])('a %s record that is not ours', async (type, content, level) => {
    clouds.cloudflare.records = async () => [record(type, content)];
    const found = of(await look(), 'names').filter((one) => one.level !== 'ok');
    expect(found).toEqual([expect.objectContaining({ level })]);
    expect(found[0]?.text).toContain(
      `staging.social.coop ${type} ${content} is not ours`.replace(' is not ours', ''),
    );
    expect(found[0]?.remedy).toContain(`pulumi import cloudflare:index/dnsRecord:DnsRecord NAME ${zoneId}/x`);
  });

  it('a record of the stack itself is no conflict, nor one of a type that we leave alone', async () => {
    clouds.cloudflare.records = async () => [record('A', '192.0.2.9', 'ours'), record('TXT', 'hello')];
    const ours = { urn: 'd', type: 'cloudflare:index/dnsRecord:DnsRecord', id: 'ours' };
    const found = of(await look(running([ours])), 'names');
    expect(found.map(({ level }) => level)).toEqual(['ok', 'ok']);
  });

  it('a zone of another account, or the ID of another zone', async () => {
    clouds.cloudflare.zone = async () => undefined;
    expect(of(await look(), 'names')[0]).toMatchObject({
      level: 'failure',
      text: expect.stringContaining("another account's"),
    });
    clouds.cloudflare.zone = async () => ({ name: 'other.coop' });
    expect(of(await look(), 'names')[0]?.text).toBe(
      'dns.zoneId is that of other.coop, and dns.zone says social.coop',
    );
  });
});

describe('the stack file', () => {
  const without = (text: string) => text.replace(/ {4}redisPassword:\n.*\n/, '');
  it('that lacks a secret gets a new one while nothing runs', async () => {
    edit(without);
    const [found] = of(await look(), 'stack file');
    expect(found).toMatchObject({ level: 'failure', remedy: 'make them: coop init staging' });
    expect(found?.text).toContain('lacks a secret: redisPassword');
  });

  it('that lacks a secret of a running stack is fetched, never made anew', async () => {
    edit(without);
    const [found] = of(await look(running()), 'stack file');
    expect(found?.text).toMatch(/redisPassword, and the stack is running/);
    expect(found?.remedy).toMatch(/^do not make new ones: get the file from whoever ran pulumi last/);
  });

  it('that began anew is not that of the state', async () => {
    const state = JSON.parse(running().FAKE_EXPORT);
    state.deployment.secrets_providers = { type: 'passphrase', state: { salt: 'v1:other' } };
    const found = of(await look({ FAKE_EXPORT: JSON.stringify(state) }), 'stack file');
    expect(found[1]?.text).toContain('different passphrases');
  });
});

describe('the passphrase', () => {
  it('that is wrong', async () => {
    writeFileSync(join(place.root, 'wrong'), 'not this one, not this one\n');
    const results = await look({}, { passphraseFile: join(place.root, 'wrong') });
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
    const [found] = of(await look(env), 'passphrase');
    expect(found).toMatchObject({ level: 'failure', text: expect.stringMatching(text) });
    expect(found?.remedy).toMatch(/second-admin\.md.*pass show coop\/staging/);
  });
});

describe('the config', () => {
  it('is judged without the passphrase too: an admin key that does not parse', async () => {
    edit((text) => text.replace(ana.publicKey, 'ssh-ed25519 AAAAnonsense ana'));
    for (const env of [{}, { PULUMI_CONFIG_PASSPHRASE_FILE: undefined }]) {
      const [found] = failures(of(await look(env), 'config'));
      expect(found?.text).toMatch(/^admins\.ana\[0\] = .* is not an OpenSSH public key/);
    }
  });

  it('every problem is a finding of its own', async () => {
    edit((text) => text.replace('config:', 'config:\n  instance:rpo: 1\n  instance:uploadMb: nine'));
    expect(failures(of(await look(), 'config'))).toHaveLength(2);
  });
});

describe('the state', () => {
  it('that is locked: by whom, since when, and what to do', async () => {
    const locks = join(place.root, 'state/.pulumi/locks/organization/instance/staging');
    mkdirSync(locks, { recursive: true });
    const lock = { pid: 4711, username: 'ana', hostname: 'laptop', timestamp: '2026-11-22T10:00:00.7Z' };
    writeFileSync(join(locks, 'ce23713c.json'), JSON.stringify(lock));
    const found = of(await look({}, { now: new Date('2026-11-22T10:12:00Z') }), 'state');
    expect(found[1]).toEqual({
      check: 'state',
      level: 'warning',
      text: 'locked by ana on laptop (process 4711) since 2026-11-22 10:00 UTC, 12 minutes ago',
      remedy: 'ask them; only when that run is dead for sure: pulumi cancel --stack staging',
    });
  });

  it('that cannot be reached, or knows no such stack', async () => {
    expect(of(await look({ FAKE_BACKEND_DOWN: '1' }), 'state')[0]).toMatchObject({
      level: 'failure',
      text: expect.stringMatching(/cannot be read: .*connection refused/),
    });
    expect(of(await look({ FAKE_STATE: place.projectDir }), 'state')[0]?.text).toContain(
      'knows no stack staging',
    );
  });
});

describe('what else', () => {
  it('a pulumi that is too old, and plugins that are not here', async () => {
    const found = of(await look({ FAKE_VERSION: 'v3.99.0\n' }), 'versions');
    expect(found.map(({ text }) => text).join('\n')).toMatch(/pulumi 3\.99\.0 is older than 3\.220\.0/);
    expect(found.at(-1)?.remedy).toMatch(/pulumi plugin install resource cloudflare v/);
  });

  it('a day that is over', async () => {
    edit((text) => text.replace('config:', "config:\n  instance:expires: '2026-11-20'"));
    const on = async (day: string) =>
      of(await look({}, { now: new Date(`${day}T12:00:00Z`) }), 'expires')[0]?.level;
    expect(await on('2026-10-01')).toBe('ok');
    expect(await on('2026-11-20')).toBe('warning');
    expect(await on('2026-11-21')).toBe('failure');
  });

  it('an own key: whose it is, or that it is nobody’s', async () => {
    expect(of(await look(), 'ssh here')[1]?.text).toBe('you have no SSH key');
    mkdirSync(join(place.root, '.ssh'));
    writeFileSync(join(place.root, '.ssh/id_ed25519.pub'), `${makeSshKeyPair('other').publicKey}\n`);
    expect(of(await look(), 'ssh here')[1]?.remedy).toContain('coop init staging --admin');
    writeFileSync(join(place.root, '.ssh/ana.pub'), `${ana.publicKey}\n`);
    expect(of(await look(), 'ssh here')[1]?.text).toBe('your key is that of admin ana');
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['answers', {}, /203\.0\.113\.10 answers, with the pinned host key/],
    [
      'is another',
      { FAKE_SSH_CODE: '255', FAKE_SSH_STDERR: 'Host key verification failed.' },
      /another host key/,
    ],
    [
      'does not let us in',
      { FAKE_SSH_CODE: '255', FAKE_SSH_STDERR: 'Permission denied (publickey).' },
      /deploy key/,
    ],
    [
      'is silent',
      { FAKE_SSH_CODE: '255', FAKE_SSH_STDERR: 'connect to host: timed out' },
      /cannot be reached/,
    ],
  ])('a machine that %s', async (_, env, text) => {
    const found = of(await look({ ...running([], { address: '203.0.113.10' }), ...env }), 'machine');
    expect(found.map((one) => one.text).join()).toMatch(text);
  });
});
