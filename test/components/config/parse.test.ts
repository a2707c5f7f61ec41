import { expect, test } from 'vitest';
import { ConfigError, parseConfig } from '../../../components/config.ts';
import { VisibleError } from '../../../components/errors.ts';
import { engineConfig, type StackFile, stackFile } from '../../fixtures/stack.ts';
import { completed, options, shipped } from '../support/config.ts';
import { set } from '../support/edits.ts';
import { of, problems } from '../support/problems.ts';

test('a complete stack file has no problem and comes back with every default', () => {
  expect(parseConfig(engineConfig(stackFile()), options)).toMatchObject({
    domain: 'staging.social.coop',
    app: 'mastodon',
    appVersion: '4.5.20',
    federation: 'off',
    primary: { provider: 'digitalocean', region: 'fra1', size: 's-4vcpu-8gb' },
    storage: { region: 'fra1', media: 'staging-social-coop-media', backups: 'staging-social-coop-backups' },
    mail: { host: 'smtp.example.org', port: 587 },
    rpo: 60,
    backupDays: 30,
    database: { maxConnections: 200, sharedBuffersMb: 256 },
    mediaCache: { hours: 48, gigabytes: 5 },
    containerRange: '198.19.0.0/16',
    environment: {},
    protect: false,
    caCertificates: '',
  });
});

test.each(['staging', 'prod', 'alpha'])('the shipped %s file lacks only what coop init fills in', (stack) => {
  expect(problems(engineConfig(completed(stack)))).toEqual([]);
  const found = problems(engineConfig(shipped(stack)));
  expect(found.map(({ key }) => key)).toEqual([
    ...['contact', 'images', 'dns.zoneId', 'sshFrom', 'mail', 'hostPublicKey', 'deployPublicKey', 'secrets'],
    'recovery',
    ...(stack === 'prod' ? ['secondaryHostPublicKey'] : []),
  ]);
  for (const { reason, key, remedy } of found) {
    expect(reason).toMatch(/^is missing/);
    if (key !== 'dns.zoneId') expect(remedy).toContain('coop init');
  }
});

test('an existing host is reached at its address, and needs no private host key', () => {
  const file = set(stackFile(), {
    primary: { provider: 'existing', host: '203.0.113.7' },
    'secrets.hostKey': undefined,
  });
  expect(parseConfig(engineConfig(file), options).primary).toEqual({
    provider: 'existing',
    host: '203.0.113.7',
    address: '203.0.113.7',
    user: 'root',
  });
});

test('everything wrong is in one message, as problem, place and what to do', () => {
  const file = set(stackFile(), { domain: 'https://x', rpo: 5, 'images.web': 'mastodon:latest' });
  const raw = { ...engineConfig(file), 'instance:domian': 'x', 'instance:uploadMb': 'lots' };
  const parse = () => parseConfig(raw, options);
  expect(parse).toThrow(VisibleError);
  expect(parse).toThrow(
    [
      '5 problems in the configuration of stack staging (Pulumi.staging.yaml):',
      '  is not a known key — instance:domian = "x" — did you mean domain?',
      '  is not a domain name — instance:domain = "https://x" — write it like staging.social.coop: lower case, no https://',
      '  is not a full image reference with a digest — instance:images.web = "mastodon:latest" — write host/name:tag@sha256:…; the digest is printed by `docker buildx imagetools inspect host/name:tag`',
      '  must be at least 10 — instance:rpo = 5 — set it: seconds after which a WAL segment is archived even when not full (10 to 3600)',
      '  must be a whole number, not a string — instance:uploadMb = "lots" — set it: largest upload, in megabytes',
    ].join('\n'),
  );
});

test('a key under a misspelt project is reported with the right one', () => {
  const [found] = problems({ ...engineConfig(stackFile()), 'instnace:rpo': '60' });
  expect(found).toMatchObject({ key: 'instnace:rpo', remedy: 'did you mean instance:rpo?' });
});

test('keys of Pulumi and of the providers are none of ours', () => {
  const others = { 'pulumi:tags': '{}', 'digitalocean:token': 'x', 'cloudflare:apiToken': 'y' };
  expect(problems({ ...engineConfig(stackFile()), ...others })).toEqual([]);
});

test('a value that Pulumi holds as a secret is masked, and so is every one of ours', () => {
  const file = set(stackFile(), {
    'environment.HCAPTCHA_SITE_KYE': "sesame'",
    contact: 'sesame',
    'secrets.redisPassword': 'sesame',
  });
  const raw = { ...engineConfig(file), 'instance:sesam': 'sesame' };
  const secretKeys = ['environment', 'contact', 'secrets', 'sesam'].map((key) => `instance:${key}`);
  const found = problems(raw, { secretKeys });
  expect(found.length).toBeGreaterThan(4);
  expect(JSON.stringify(found.map(({ value }) => value))).not.toContain('sesame');
  expect(new ConfigError('instance', 'staging', found).message).not.toContain('sesame');
});

test('secrets that are not encrypted are refused', () => {
  const raw = engineConfig(stackFile());
  const reason = 'is in the stack file in plain text';
  expect(problems(raw, { secretKeys: [] })).toMatchObject([{ key: 'secrets', value: '[secret]', reason }]);
  expect(problems(raw, { secretKeys: ['instance:secrets'] })).toEqual([]);
});

test('an Elasticsearch of somebody else is named by the app’s own variables while ours does not run', () => {
  expect(of({ 'environment.ES_ENABLED': 'true', 'environment.ES_HOST': 'es.example.org' })).toEqual([]);
});

test('an unset key and one with an empty default are the same', () => {
  const file: StackFile = stackFile();
  const raw = engineConfig(file);
  expect(parseConfig({ ...raw, 'instance:expires': '', 'instance:caCertificates': '' }, options)).toEqual(
    parseConfig(raw, options),
  );
});

test('numbers and switches may be text, as `pulumi config set` writes them', () => {
  const raw = { ...engineConfig(stackFile()), 'instance:rpo': '30', 'instance:protect': 'true' };
  expect(parseConfig(raw, options)).toMatchObject({ rpo: 30, protect: true });
});
