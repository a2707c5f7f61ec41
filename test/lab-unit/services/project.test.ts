import './scratch.ts';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { labDir, paths } from '../../../lab/paths.ts';
import { appOf, sourceOf, writeCopy, writeProject, writeStack, zoneOf } from '../../../lab/project.ts';
import { ensureTokens } from '../../../lab/services/tokens.ts';

const checkout = join(labDir, 'checkout');
const images = { web: 'w@sha256:1', streaming: 's@sha256:2', postgres: 'p@sha256:3', redis: 'r@sha256:4' };
const values = () => ({ trust: 'PEM\n', images, tokens: ensureTokens(['social.coop']) });
const written = (stack: string) => parse(readFileSync(join(paths.project, `Pulumi.${stack}.yaml`), 'utf8'));

beforeEach(() => {
  mkdirSync(checkout, { recursive: true });
  writeFileSync(
    join(checkout, 'Pulumi.yaml'),
    'name: instance\nruntime: { name: nodejs, options: { typescript: false } }\nconfig:\n  domain: { type: string }\n',
  );
  const shipped = {
    encryptionsalt: 'v1:real',
    config: {
      'instance:domain': 'staging.social.coop',
      'instance:dns': { provider: 'cloudflare', zone: 'social.coop', zoneId: 'real' },
      'instance:mail': { host: 'smtp.real.example', port: 465, user: 'real', from: 'x@social.coop' },
      'instance:sshFrom': ['203.0.113.0/24'],
      'instance:logDays': 14,
      'instance:hostPublicKey': 'ssh-ed25519 real',
      'instance:secrets': { databasePassword: { secure: 'v1:real' } },
    },
  };
  writeFileSync(join(checkout, 'Pulumi.staging.yaml'), JSON.stringify(shipped));
  writeFileSync(join(checkout, 'Pulumi.bare.yaml'), '{ config: { "instance:domain": bare.social.coop } }');
});

test('a copy takes everything from its source, or from another stack of the lab’s', () => {
  const config = {
    'instance:restore': { from: 'prod', media: 'read-only' },
    'instance:secrets': { deployKey: { secure: 'v1:real' } },
  };
  writeFileSync(
    join(checkout, 'Pulumi.rehearsal.yaml'),
    JSON.stringify({ encryptionsalt: 'v1:real', config }),
  );
  expect(sourceOf('rehearsal', checkout)).toBe('prod');
  expect(sourceOf('staging', checkout)).toBeUndefined();
  expect(zoneOf('rehearsal', checkout)).toBeUndefined();
  writeProject(checkout);
  writeCopy('rehearsal', ['staging', 'alpha'], checkout);
  expect(written('rehearsal')).toEqual({
    config: {
      'instance:restore': { from: 'staging', media: 'read-only' },
      'instance:sshFrom': ['198.18.0.1/32', 'fd00:c00b::1/128'],
    },
  });
  rmSync(join(paths.project, 'Pulumi.rehearsal.yaml'));
  writeCopy('rehearsal', ['staging', 'prod'], checkout);
  expect(written('rehearsal').config['instance:restore'].from).toBe('prod');
});

test('the project is the shipped one: its program, its schema', () => {
  writeProject(checkout);
  const project = parse(readFileSync(join(paths.project, 'Pulumi.yaml'), 'utf8'));
  expect(project).toMatchObject({
    name: 'instance',
    main: 'index.ts',
    config: { domain: { type: 'string' } },
  });
  expect(readFileSync(join(paths.project, 'index.ts'), 'utf8')).toBe(
    `export * from '${checkout}/index.ts';\n`,
  );
});

test('the stack file is the shipped one with the lab’s services, and nothing of the real ones', () => {
  writeProject(checkout);
  writeStack('staging', values(), checkout);
  const { config, ...rest } = written('staging');
  expect(rest).toEqual({});
  expect(config).toEqual({
    'instance:domain': 'staging.social.coop',
    'instance:dns': {
      provider: 'cloudflare',
      zone: 'social.coop',
      zoneId: expect.stringMatching(/^[0-9a-f]{32}$/),
    },
    'instance:mail': { host: 'mail.lab.test', port: 587, from: 'x@social.coop' },
    'instance:sshFrom': ['198.18.0.1/32', 'fd00:c00b::1/128'],
    'instance:logDays': 14,
    'instance:contact': 'operators@lab.test',
    'instance:acmeDirectory': 'https://acme.lab.test/dir',
    'instance:caCertificates': 'PEM\n',
    'instance:images': images,
  });
  expect(JSON.stringify(config)).not.toMatch(/real/);
});

test('the stack that is its zone has mail records of the lab’s relay, and no other has', () => {
  writeProject(checkout);
  const apex = { config: { 'instance:domain': 'social.coop', 'instance:dns': { zone: 'social.coop' } } };
  writeFileSync(join(checkout, 'Pulumi.apex.yaml'), JSON.stringify(apex));
  writeStack('apex', values(), checkout);
  expect(written('apex').config['instance:dns'].mail).toMatchObject({
    mx: [{ host: 'mail.lab.test', priority: 10 }],
    spf: 'v=spf1 a:mail.lab.test -all',
    dkim: { lab: expect.stringMatching(/^v=DKIM1; k=rsa; p=/) },
  });
});

test('a second start renews the lab’s values and keeps what somebody set, and every secret', () => {
  const file = writeStack('staging', values(), checkout);
  const before = parse(readFileSync(file, 'utf8'));
  before.encryptionsalt = 'v1:lab';
  before.config['instance:logDays'] = 3;
  before.config['instance:secrets'] = { databasePassword: { secure: 'v1:lab' } };
  writeFileSync(file, JSON.stringify(before));
  writeStack('staging', { ...values(), trust: 'NEW\n', images: { ...images, web: 'w@sha256:9' } }, checkout);
  const after = written('staging');
  expect(after.encryptionsalt).toBe('v1:lab');
  expect(after.config).toMatchObject({
    'instance:logDays': 3,
    'instance:secrets': { databasePassword: { secure: 'v1:lab' } },
    'instance:caCertificates': 'NEW\n',
    'instance:images': { web: 'w@sha256:9' },
  });
});

test('a stack without mail or DNS gets both, in the zone that is the default', () => {
  writeStack('bare', values(), checkout);
  expect(written('bare').config).toMatchObject({
    'instance:mail': { host: 'mail.lab.test', port: 587, from: 'notifications@bare.social.coop' },
    'instance:dns': { zone: 'social.coop' },
  });
});

test('tokens stay the same from start to start, and a new zone gets an id', () => {
  const first = ensureTokens(['social.coop']);
  const second = ensureTokens(['social.coop', 'town.example']);
  expect({ ...second, zones: {} }).toEqual({ ...first, zones: {} });
  expect(second.zones['social.coop']).toBe(first.zones['social.coop']);
  expect(first.hetzner).toHaveLength(64);
});

test('a stack that does not ship is named with the remedy', () => {
  expect(() => zoneOf('nowhere', checkout)).toThrow(/^no stack nowhere — .*coop init nowhere/);
});

test('a stack runs the app and version of its file, of the lab’s own where there is one', () => {
  expect(appOf('bare', checkout)).toEqual({ app: 'mastodon', version: '4.5.20' });
  const alpha = { 'instance:app': 'hometown', 'instance:appVersion': '4.5.11+hometown-1.2.1' };
  writeFileSync(join(checkout, 'Pulumi.alpha.yaml'), JSON.stringify({ config: alpha }));
  expect(appOf('alpha', checkout)).toEqual({ app: 'hometown', version: '4.5.11+hometown-1.2.1' });
  const upgraded = { config: { 'instance:appVersion': '4.6.2' } };
  writeFileSync(join(paths.project, 'Pulumi.bare.yaml'), JSON.stringify(upgraded));
  expect(appOf('bare', checkout).version).toBe('4.6.2');
});
