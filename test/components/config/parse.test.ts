import { describe, expect, test } from 'vitest';
import { ConfigError, type Problem, parseConfig } from '../../../components/config.ts';
import { VisibleError } from '../../../components/errors.ts';
import { engineConfig, type StackFile, stackFile } from '../../fixtures/stack.ts';
import { completed, options, shipped } from '../support/config.ts';
import { set } from '../support/edits.ts';

function problems(
  raw: Record<string, string>,
  more: Partial<typeof options & { secretKeys: string[] }> = {},
): Problem[] {
  try {
    parseConfig(raw, { ...options, ...more });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [...error.problems];
    throw error;
  }
}

const of = (changes: Record<string, unknown>) => problems(engineConfig(set(stackFile(), changes)));

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

/** One mistake each: the change, the key that must be named, and a word of the reason. */
const SEARCH_IMAGE = `docker.elastic.co/elasticsearch/elasticsearch:7.17.29@sha256:${'e'.repeat(64)}`;

const mistakes: [string, Record<string, unknown>, string, RegExp][] = [
  ['an unknown key', { domian: 'x' }, 'domian', /not a known key/],
  ['an unknown key inside a section', { 'primary.sise': 'x' }, 'primary.sise', /not a known key/],
  ['a list for a map', { primary: ['fra1'] }, 'primary', /must be a map/],
  ['text for a number', { rpo: 'often' }, 'rpo', /must be a whole number/],
  ['half a number', { rpo: 60.5 }, 'rpo', /must be a whole number/],
  ['text for yes or no', { protect: 'maybe' }, 'protect', /must be true or false/],
  ['a number for a name', { 'mail.host': 7 }, 'mail.host', /must be a string/],
  ['null', { 'mail.host': null }, 'mail.host', /must be a string, not empty/],
  ['a number too large', { rpo: 3601 }, 'rpo', /at most 3600/],
  ['an unknown size', { 'primary.size': 's-4vcpu-8g' }, 'primary.size', /not a known size/],
  ['an unknown region', { 'primary.region': 'fra2' }, 'primary.region', /not a known region/],
  ['a region without Spaces', { 'storage.region': 'nyc1' }, 'storage.region', /not a known region/],
  [
    'an unknown provider',
    { 'primary.provider': 'digitalocaen' },
    'primary.provider',
    /not one of the choices/,
  ],
  ['a provider left out', { primary: { region: 'fra1' } }, 'primary.provider', /is missing/],
  [
    'a size of another provider',
    { 'primary.size': 'cpx31' },
    'primary.size',
    /not a known size of a Droplet/,
  ],
  [
    'a Droplet’s size at Hetzner',
    { primary: { provider: 'hetzner', size: 's-4vcpu-8gb' } },
    'primary.size',
    /not a known server type/,
  ],
  [
    'a host without an address',
    { primary: { provider: 'existing', host: 'box.example.org' } },
    'primary.address',
    /is missing beside primary\.host/,
  ],
  [
    'one host twice',
    {
      primary: { provider: 'existing', host: '203.0.113.7' },
      secondary: { provider: 'existing', host: '203.0.113.7' },
    },
    'secondary.host',
    /is also the primary/,
  ],
  [
    'memory over the secondary’s',
    { secondary: { provider: 'hetzner', size: 'cpx22' } },
    'processes',
    /exceed the machine's 4096 MB/,
  ],
  [
    'an unknown provider of names',
    { 'dns.provider': 'cloudflair' },
    'dns.provider',
    /not one of the choices/,
  ],
  ['an address for a domain', { domain: '203.0.113.7' }, 'domain', /not a domain/],
  ['a domain with an underscore', { domain: 'a_b.coop' }, 'domain', /not a domain/],
  ['a domain that is one word', { domain: 'localhost' }, 'domain', /not a domain/],
  ['a domain in upper case', { domain: 'Staging.social.coop' }, 'domain', /not a domain/],
  [
    'a domain outside its zone',
    { 'dns.zone': 'example.org' },
    'dns.zone',
    /does not hold staging\.social\.coop/,
  ],
  ['a zone ID that is none', { 'dns.zoneId': 'social.coop' }, 'dns.zoneId', /not the ID/],
  ['SSH open to the world', { sshFrom: ['0.0.0.0/0'] }, 'sshFrom[0]', /opens SSH to the world/],
  ['SSH open to the world by IPv6', { sshFrom: ['203.0.113.7/32', '::/0'] }, 'sshFrom[1]', /opens SSH/],
  [
    'SSH open to the world in two halves',
    { sshFrom: ['0.0.0.0/1', '128.0.0.0/1'] },
    'sshFrom[1]',
    /opens SSH/,
  ],
  ['SSH from nowhere', { sshFrom: [] }, 'sshFrom', /is missing/],
  ['a range without a prefix', { sshFrom: ['203.0.113.7'] }, 'sshFrom[0]', /no prefix/],
  [
    'a range with bits behind its prefix',
    { sshFrom: ['203.0.113.7/24'] },
    'sshFrom[0]',
    /203\.0\.113\.0\/24/,
  ],
  ['a range that is none', { sshFrom: ['203.0.113.999/32'] }, 'sshFrom[0]', /not a range/],
  [
    'ranges of SSH that overlap',
    { sshFrom: ['203.0.113.0/24', '203.0.113.7/32'] },
    'sshFrom[1]',
    /overlaps sshFrom\[0\]/,
  ],
  ['SSH from inside the containers', { sshFrom: ['198.19.4.0/24'] }, 'sshFrom[0]', /overlaps containerRange/],
  ['a container range of the wrong kind', { containerRange: 'fd00:1::/48' }, 'containerRange', /not IPv4/],
  ['container ranges that overlap', { containerRange6: '198.19.0.0/20' }, 'containerRange6', /not IPv6/],
  ['a container range that is too small', { containerRange: '172.20.0.0/24' }, 'containerRange', /too small/],
  ['a container range others live in', { containerRange: '8.8.0.0/16' }, 'containerRange', /not private/],
  [
    'a container range of the provider',
    { containerRange: '10.20.0.0/16' },
    'containerRange',
    /taken by the provider/,
  ],
  ['an image without a digest', { 'images.redis': 'docker.io/library/redis:8' }, 'images.redis', /digest/],
  [
    'an image without a host',
    { 'images.redis': `redis:8@sha256:${'a'.repeat(64)}` },
    'images.redis',
    /digest/,
  ],
  ['an image with half a digest', { 'images.redis': 'docker.io/redis@sha256:abc' }, 'images.redis', /digest/],
  ['an app that the machine would have to build', { 'images.web': 'build' }, 'images.web', /full image/],
  ['a database image by tag', { 'images.postgres': 'postgres:17' }, 'images.postgres', /nor `build`/],
  ['an image that is missing', { 'images.redis': undefined }, 'images.redis', /is missing/],
  [
    'a queue not worked',
    { 'processes.sidekiq-push-q.replicas': 0 },
    'processes.sidekiq-push-q.replicas',
    /queue 'push'/,
  ],
  [
    'two schedulers',
    { 'processes.sidekiq-scheduler.replicas': 2 },
    'processes.sidekiq-scheduler.replicas',
    /exactly one/,
  ],
  ['a process the app has not', { 'processes.sidekiq-pusch': {} }, 'processes.sidekiq-pusch', /no process/],
  ['pools over max_connections', { 'database.maxConnections': 50 }, 'database.maxConnections', /connections/],
  [
    'memory over the machine’s',
    { 'primary.size': 's-2vcpu-4gb' },
    'processes',
    /exceed the machine's 4096 MB/,
  ],
  [
    'a cache over half the disk',
    { 'mediaCache.gigabytes': 81 },
    'mediaCache.gigabytes',
    /half of the machine's disk/,
  ],
  ['days below none', { 'retention.mediaDays': -1 }, 'retention.mediaDays', /at least 0/],
  ['a retention nobody knows', { 'retention.days': 1 }, 'retention.days', /not a known key/],
  [
    'cards that would not come back',
    { 'retention.previewCardDays': 7 },
    'retention.previewCardDays',
    /too soon/,
  ],
  [
    'a password that would travel in the clear',
    { 'mail.port': 25, 'mail.user': 'x', 'secrets.smtpPassword': 'x' },
    'mail.encryption',
    /unencrypted/,
  ],
  ['a way to log in for nobody', { 'mail.auth': 'login' }, 'mail.auth', /without mail\.user/],
  ['a way of encryption nobody knows', { 'mail.encryption': 'ssl' }, 'mail.encryption', /choices/],
  ['an answer address that is none', { 'mail.replyTo': 'us' }, 'mail.replyTo', /not a mail address/],
  [
    'DeepL without a key',
    { translation: { provider: 'deepl' } },
    'secrets.translationKey',
    /beside translation/,
  ],
  [
    'a key for no service',
    { translation: undefined, 'secrets.translationKey': 'x' },
    'translation',
    /beside secrets/,
  ],
  ['a translator nobody knows', { translation: { provider: 'google' } }, 'translation.provider', /choices/],
  [
    'a plan of a service that has none',
    { translation: { provider: 'libretranslate', endpoint: 'https://x.example.org', plan: 'pro' } },
    'translation.plan',
    /not a known key/,
  ],
  ['registrations nobody knows', { registrations: 'close' }, 'registrations', /choices/],
  [
    'a secret among plain variables',
    { 'environment.HCAPTCHA_SECRET_KEY': 'x' },
    'environment.HCAPTCHA_SECRET_KEY',
    /in plain text/,
  ],
  [
    'a secret variable the app does not read',
    { 'secrets.environment.NO_SUCH': 'x' },
    'secrets.environment.NO_SUCH',
    /not read by/,
  ],
  [
    'a secret variable that follows from another key',
    { 'secrets.environment.DB_PASS': 'x' },
    'secrets.environment.DB_PASS',
    /other keys/,
  ],
  [
    'a variable in both places',
    { 'environment.DEFAULT_LOCALE': 'de', 'secrets.environment.DEFAULT_LOCALE': 'en' },
    'environment.DEFAULT_LOCALE',
    /too/,
  ],
  [
    'a client without a password',
    { 'databaseClients.metrics': { port: 5433, read: ['accounts'] } },
    'secrets.databaseClients.metrics',
    /beside/,
  ],
  [
    'a password of no client',
    { 'secrets.databaseClients.other': 'a-password-of-nobody' },
    'secrets.databaseClients.other',
    /no databaseClient/,
  ],
  [
    'a weak password of a client',
    withClient({}, 'short'),
    'secrets.databaseClients.metrics',
    /20 to 128 letters/,
  ],
  [
    'a client under the name of a superuser',
    { 'databaseClients.postgres': { port: 5433, read: ['*'] } },
    'databaseClients.postgres',
    /not a name for a database role/,
  ],
  ['a client with nothing to do', withClient({ read: [] }), 'databaseClients.metrics.read', /nothing to do/],
  [
    'every table and some more',
    withClient({ read: ['*', 'accounts'] }),
    'databaseClients.metrics.read',
    /beside '\*'/,
  ],
  [
    'a table with a quote',
    withClient({ write: ['a"; DROP'] }),
    'databaseClients.metrics.write[0]',
    /not the name of a table/,
  ],
  [
    'every table to write to',
    withClient({ write: ['*'] }),
    'databaseClients.metrics.write[0]',
    /not the name/,
  ],
  ['a port of the app', withClient({ port: 4000 }), 'databaseClients.metrics.port', /the app's streaming/],
  ['a port of the system', withClient({ port: 443 }), 'databaseClients.metrics.port', /at least 1024/],
  [
    'a port for two clients',
    { ...withClient({}), 'databaseClients.zebra': { port: 5433, read: ['*'] } },
    'databaseClients.zebra.port',
    /databaseClients\.metrics/,
  ],
  [
    'more connections than the database has',
    withClient({ connections: 150 }),
    'database.maxConnections',
    /databaseClients 150/,
  ],
  ['search without an image', { 'search.enabled': true }, 'images.search', /beside search\.enabled/],
  ['an image that nothing runs', { 'images.search': SEARCH_IMAGE }, 'images.search', /no use without/],
  [
    'search that does not fit beside the rest',
    { search: { enabled: true, memoryMb: 4096 }, 'images.search': SEARCH_IMAGE },
    'processes',
    /search 4096/,
  ],
  ['too little memory for search', { 'search.memoryMb': 512 }, 'search.memoryMb', /at least 1024/],
  [
    'another search beside ours',
    { search: { enabled: true, memoryMb: 1024 }, 'images.search': SEARCH_IMAGE, 'environment.ES_HOST': 'x' },
    'environment.ES_HOST',
    /other keys/,
  ],
  ['a missing secret', { 'secrets.redisPassword': undefined }, 'secrets.redisPassword', /is missing/],
  ['a secret nobody reads', { 'secrets.redisPasswort': 'x' }, 'secrets.redisPasswort', /not a known key/],
  ['a short Rails key', { 'secrets.secretKeyBase': 'abc' }, 'secrets.secretKeyBase', /128 hexadecimal/],
  ['a weak password', { 'secrets.databasePassword': 'hunter2' }, 'secrets.databasePassword', /20 to 128/],
  [
    'an encryption key of 31 letters',
    { 'secrets.activeRecordPrimaryKey': 'a'.repeat(31) },
    'secrets.activeRecordPrimaryKey',
    /32 letters/,
  ],
  ['a weak cipher', { 'secrets.repositoryCipher': 'x' }, 'secrets.repositoryCipher', /32 or more/],
  ['a VAPID key that is none', { 'secrets.vapidPrivateKey': 'x' }, 'secrets.vapidPrivateKey', /32 bytes/],
  [
    'a VAPID key off the curve',
    { 'secrets.vapidPrivateKey': 'A'.repeat(43) },
    'secrets.vapidPrivateKey',
    /not a private key of the curve/,
  ],
  [
    'two halves of two VAPID pairs',
    { 'secrets.vapidPublicKey': other('vapidPublicKey') },
    'secrets.vapidPublicKey',
    /belongs to another/,
  ],
  [
    'two halves of two host keys',
    { 'secrets.hostKey': other('hostKey') },
    'hostPublicKey',
    /not the public half/,
  ],
  ['a machine without its host key', { 'secrets.hostKey': undefined }, 'secrets.hostKey', /is missing/],
  [
    'a secondary without a host key',
    { 'secondary.provider': 'digitalocean' },
    'secondaryHostPublicKey',
    /missing beside secondary/,
  ],
  [
    'a secondary without the private half',
    { 'secondary.provider': 'digitalocean', secondaryHostPublicKey: stackFile().hostPublicKey },
    'secrets.secondaryHostKey',
    /is missing/,
  ],
  [
    'an existing secondary whose host key nobody knows',
    { secondary: { provider: 'existing', host: '203.0.113.7' } },
    'secondaryHostPublicKey',
    /missing beside secondary/,
  ],
  [
    'two halves of two deploy keys',
    { 'secrets.deployKey': other('deployKey') },
    'deployPublicKey',
    /not the public half/,
  ],
  [
    'a public key for a private one',
    { 'secrets.hostKey': stackFile().hostPublicKey },
    'secrets.hostKey',
    /not an OpenSSH private key/,
  ],
  [
    'a private key for a public one',
    { hostPublicKey: other('hostKey') },
    'hostPublicKey',
    /not an OpenSSH public key/,
  ],
  [
    'a second repository without keys',
    { repo2: { endpoint: 's3.example.org', region: 'us-east-1', bucket: 'elsewhere' } },
    'secrets.repo2AccessKey',
    /missing beside repo2/,
  ],
  ['keys of no repository', { 'secrets.repo2SecretKey': 'x' }, 'repo2', /missing beside secrets/],
  [
    'the first repository as the second',
    {
      repo2: {
        endpoint: 'fra1.digitaloceanspaces.com',
        region: 'fra1',
        bucket: 'staging-social-coop-backups',
      },
      'secrets.repo2AccessKey': 'x',
      'secrets.repo2SecretKey': 'x',
    },
    'repo2.bucket',
    /is the first repository/,
  ],
  [
    'a user of the relay without password',
    { 'mail.user': 'x' },
    'secrets.smtpPassword',
    /missing beside mail\.user/,
  ],
  [
    'a password of the relay without user',
    { 'secrets.smtpPassword': 'x' },
    'mail.user',
    /missing beside secrets\.smtpPassword/,
  ],
  [
    'a variable the app does not read',
    { 'environment.HCAPTCHA_SITE_KYE': 'x' },
    'environment.HCAPTCHA_SITE_KYE',
    /not read by mastodon 4\.5\.20/,
  ],
  [
    'a variable that follows from another key',
    { 'environment.LOCAL_DOMAIN': 'x' },
    'environment.LOCAL_DOMAIN',
    /other keys/,
  ],
  [
    'a quote in a variable',
    { 'environment.DEFAULT_LOCALE': "fr'ee" },
    'environment.DEFAULT_LOCALE',
    /holds a '/,
  ],
  [
    'a line break in a variable',
    { 'environment.DEFAULT_LOCALE': 'a\nb' },
    'environment.DEFAULT_LOCALE',
    /line break/,
  ],
  ['a quote in a sender', { 'mail.from': "O'Hara <a@social.coop>" }, 'mail.from', /not a sender/],
  ['a version that is none', { appVersion: 'latest' }, 'appVersion', /not a version/],
  ['a version too old', { appVersion: '4.2.1' }, 'appVersion', /older than/],
  ['a day that is none', { expires: '2026-02-30' }, 'expires', /not a day/],
  ['a day in the past', { expires: '2026-11-21' }, 'expires', /in the past/],
  ['an end for a protected stack', { expires: '2027-01-01', protect: true }, 'expires', /protected/],
  [
    'an account of the system for a person',
    { 'admins.root': [stackFile().hostPublicKey] },
    'admins.root',
    /not a name/,
  ],
  ['a person without a key', { 'admins.ann': [] }, 'admins.ann', /at least 1/],
  [
    'a key that is none',
    { 'admins.ann': ['ssh-ed25519 AAAA ann'] },
    'admins.ann[0]',
    /not an OpenSSH public key/,
  ],
  [
    'one bucket for both',
    { 'storage.media': 'x-y', 'storage.backups': 'x-y' },
    'storage.backups',
    /also the bucket of media/,
  ],
  ['a bucket with a dot', { 'storage.media': 'media.social.coop' }, 'storage.media', /not a bucket name/],
  [
    'a directory without TLS',
    { acmeDirectory: 'http://ca.example.org/dir' },
    'acmeDirectory',
    /not an https/,
  ],
  ['a certificate that is none', { caCertificates: 'yes' }, 'caCertificates', /not a list of certificates/],
  ['a mail address that is none', { contact: 'tech at social.coop' }, 'contact', /not a mail address/],
  ['nobody who serves the names', { dns: undefined }, 'dns', /is missing/],
];

function withClient(client: Record<string, unknown>, password = 'a-password-of-metrics') {
  return {
    'databaseClients.metrics': { port: 5433, read: ['accounts'], ...client },
    'secrets.databaseClients.metrics': password,
  };
}

function other(name: string): string {
  return (stackFile().secrets as Record<string, string>)[name] ?? '';
}

describe.each(mistakes)('%s', (_, changes, key, reason) => {
  test(`is reported under ${key}, with a remedy`, () => {
    const found = of(changes).find((problem) => problem.key === key);
    expect(found?.reason).toMatch(reason);
    expect(found?.remedy).not.toBe('');
  });
});

test('all of these mistakes at once are all reported, none hides another', () => {
  // Two changes of one key cannot be made at once; without a version nothing can be said of its processes.
  const used = new Set(['appVersion']);
  const together = mistakes.filter(([, changes]) => {
    const tops = Object.keys(changes).map((path) => path.split('.')[0] ?? '');
    if (tops.some((top) => used.has(top))) return false;
    for (const top of tops) used.add(top);
    return true;
  });
  expect(together.length).toBeGreaterThan(20);
  const file = together.reduce((all, [, changes]) => set(all, changes), stackFile());
  const found = problems(engineConfig(file)).map(({ key }) => key);
  for (const [what, , key] of together) expect(found, what).toContain(key);
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
