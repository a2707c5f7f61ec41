import { expect, test } from 'vitest';
import { vapidMismatch } from '../../../components/config/keys.ts';
import { parseConfig } from '../../../components/config.ts';
import { mergeProblems, mergeRestore, type SourceKit } from '../../../components/restore/merge.ts';
import { engineConfig, freshSecrets, stackFile } from '../../fixtures/stack.ts';
import { options } from '../support/config.ts';

const project = 'instance';
const place = (bucket: string) => ({ bucket, region: 'ams3', endpoint: 'ams3.digitaloceanspaces.com' });

/** A source with everything a stack can have. */
const source = stackFile({
  federation: 'open',
  protect: true,
  repo2: { endpoint: 's3.example.org', region: 'x', bucket: 'second' },
  secondary: { provider: 'existing', host: '203.0.113.9' },
  alerts: { mail: 'ops@example.org', againHours: 6 },
  translation: { provider: 'deepl' },
  registrations: 'open',
  databaseClients: { stats: { port: 5433 } },
  search: { enabled: true },
  admins: { ann: [freshSecrets().deployPublicKey] },
  environment: { RAILS_LOG_LEVEL: 'warn', BULK_SMTP_SERVER: 'bulk.example.org', HTTP_PROXY: 'http://x' },
  database: { maxConnections: 300 },
});
const secrets = {
  ...(source.secrets as Record<string, unknown>),
  smtpPassword: 'the password of the relay',
  translationKey: 'the key of the translator',
  alertWebhook: 'https://hooks.example.org/of-the-source',
  deadMansSwitch: 'https://hc.example.org/of-the-source',
  repo2AccessKey: 'AKIASECOND',
  repo2SecretKey: 'second/secret',
  secondaryHostKey: freshSecrets().secrets.hostKey,
  databaseClients: { stats: 'a-password-of-statistics' },
  environment: { HCAPTCHA_SECRET_KEY: 'keep', BULK_SMTP_PASSWORD: 'drop' },
};
const kit: SourceKit = {
  format: 1,
  stack: 'staging',
  config: engineConfig({ ...source, secrets } as never),
  buckets: { media: place('real-media'), backups: place('real-backups') },
};

const mine = freshSecrets();
/** What a copy's file says, under the defaults the engine adds from Pulumi.yaml. */
const own = {
  'instance:domain': '',
  'instance:federation': 'open',
  'instance:sshFrom': '[]',
  ...engineConfig({
    restore: { from: 'staging' },
    primary: { provider: 'digitalocean', size: 's-8vcpu-16gb' },
    hostPublicKey: mine.hostPublicKey,
    deployPublicKey: mine.deployPublicKey,
    secrets: { hostKey: mine.secrets.hostKey, deployKey: mine.secrets.deployKey },
  } as never),
};

const merged = () => mergeRestore(own, kit, project);
const config = () => parseConfig(merged(), { ...options, stack: 'rehearsal' });

test('a copy is the same instance, on a machine of its own', () => {
  const found = config();
  expect(found).toMatchObject({
    domain: 'staging.social.coop',
    primary: { provider: 'digitalocean', size: 's-8vcpu-16gb' },
    storage: { region: 'ams3', media: 'real-media', backups: 'real-backups' },
    database: { maxConnections: 300 },
    environment: { RAILS_LOG_LEVEL: 'warn' },
    sshFrom: ['203.0.113.0/28'],
    restore: { from: 'staging', media: 'read-only', fenced: true, hours: 6 },
  });
  for (const name of ['secretKeyBase', 'activeRecordPrimaryKey', 'repositoryCipher'] as const)
    expect(found.secrets[name]).toBe(secrets[name as never]);
});

test('a copy is silent, whatever its source and its own file say', () => {
  const found = config();
  expect(found).toMatchObject({
    federation: 'off',
    dns: { provider: 'none' },
    protect: false,
    mail: { host: 'nowhere.invalid' },
    alerts: { againHours: 12 },
    databaseClients: {},
    admins: {},
    search: { enabled: false },
  });
  for (const key of ['secondary', 'repo2', 'translation', 'registrations'] as const)
    expect(found[key]).toBeUndefined();
});

test('no secret comes along that opens a door elsewhere, and none of the source’s own keys', () => {
  const all = JSON.stringify(merged());
  for (const name of ['smtpPassword', 'translationKey', 'repo2AccessKey', 'repo2SecretKey'] as const)
    expect(all).not.toContain(secrets[name]);
  expect(all).not.toMatch(/statistics|BULK_SMTP|HTTP_PROXY|of-the-source|ops@/);
  const { secrets: found } = config();
  expect(found.hostKey).toBe(mine.secrets.hostKey);
  expect(found.deployKey).toBe(mine.secrets.deployKey);
  expect(found.environment).toEqual({ HCAPTCHA_SECRET_KEY: 'keep' });
});

test('push subscriptions know another pair than the copy’s, which is the same at every run', () => {
  const { vapidPrivateKey, vapidPublicKey } = config().secrets;
  expect(vapidPrivateKey).not.toBe(secrets['vapidPrivateKey' as never]);
  expect(vapidMismatch(vapidPrivateKey, vapidPublicKey)).toBeUndefined();
  expect(config().secrets.vapidPrivateKey).toBe(vapidPrivateKey);
});

test('what the source has beyond the known keys stays with it', () => {
  const more = { ...kit, config: { ...kit.config, 'instance:later': '{"webhook":"https://x"}' } };
  expect(mergeRestore(own, more, project)).not.toHaveProperty('instance:later');
});

test.each([
  ['itself', { ...kit, stack: 'rehearsal' }, own, /is this stack itself/],
  ['a kit of another form', { ...kit, format: 2 }, own, /form 2/],
  ['another domain', kit, { ...own, 'instance:domain': 'other.example.org' }, /domain of staging/],
])('%s is refused before anything is merged', (_, from, ours, reason) => {
  expect(mergeProblems(ours, from, project, 'rehearsal').map((problem) => problem.reason)).toEqual([
    expect.stringMatching(reason),
  ]);
  expect(mergeProblems(own, kit, project, 'rehearsal')).toEqual([]);
});

test.each([
  [
    { at: '2027-01-01T00:00:00Z' },
    /restore\.at = "2027.*in the future|is in the future — instance:restore\.at/,
  ],
  [{ at: 'yesterday' }, /is not a time in UTC/],
  [{ media: 'all' }, /restore\.media/],
  [{ fenced: false }, /restore\.fenced/],
])('%j is refused', (more, reason) => {
  const raw = { ...merged(), 'instance:restore': JSON.stringify({ from: 'staging', ...more }) };
  expect(() => parseConfig(raw, { ...options, stack: 'rehearsal' })).toThrow(reason);
});

test('a copy on a host that no cloud firewall closes is refused, and nowhere else', () => {
  const on = (primary: object) => ({ ...merged(), 'instance:primary': JSON.stringify(primary) });
  const read = (primary: object) => parseConfig(on(primary), { ...options, stack: 'rehearsal' });
  expect(() => read({ provider: 'existing', host: '203.0.113.9' })).toThrow(
    /cannot hold a fenced copy: nothing outside such a host closes it .* — use digitalocean or hetzner/,
  );
  expect(read({ provider: 'hetzner' }).primary).toMatchObject({ provider: 'hetzner', size: 'cpx32' });
});
