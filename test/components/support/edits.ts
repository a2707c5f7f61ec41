import { certificate } from '../../fixtures/certificate.ts';
import { openSshPair } from '../../fixtures/facts.ts';
import { otherRecovery } from '../../fixtures/recovery.ts';
import { freshSecrets, type StackFile } from '../../fixtures/stack.ts';

type Edits = (file: StackFile) => StackFile[];
type Tree = Record<string, unknown>;

/** A copy of a file with other values at some paths; undefined removes the key. */
export function set(file: StackFile, changes: Record<string, unknown>): StackFile {
  const copy = structuredClone(file) as Tree;
  for (const [path, value] of Object.entries(changes)) {
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    const parent = parts.reduce<Tree>((at, part) => {
      at[part] ??= {};
      return at[part] as Tree;
    }, copy);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy as StackFile;
}

const to =
  (path: string, ...values: unknown[]): Edits =>
  (file) =>
    values.map((value) => set(file, { [path]: value }));

const also =
  (...changes: Record<string, unknown>[]): Edits =>
  (file) =>
    changes.map((change) => set(file, change));

const image = (letter: string) => `registry.example.org/x/y:1@sha256:${letter.repeat(64)}`;
const images = (name: string): Edits => to(`images.${name}`, image('1'), image('2'));

const secret =
  (name: string): Edits =>
  (file) => [set(file, { [`secrets.${name}`]: (freshSecrets().secrets as Tree)[name] })];

/** The two halves of a pair can only change together. */
const sshPair =
  (publicKey: string, privateKey: string, role?: 'primary' | 'secondary'): Edits =>
  (file) => {
    // A host that is there already has its own host key, and logs us in by what lies on it.
    const machine = file[role ?? 'primary'] as { provider?: string } | undefined;
    if (!machine || machine.provider === 'existing') return [];
    const pair = openSshPair('new');
    return [set(file, { [publicKey]: pair.publicKey, [`secrets.${privateKey}`]: pair.privateKey })];
  };

const vapidPair: Edits = (file) => {
  const { vapidPrivateKey, vapidPublicKey } = freshSecrets().secrets;
  return [
    set(file, { 'secrets.vapidPrivateKey': vapidPrivateKey, 'secrets.vapidPublicKey': vapidPublicKey }),
  ];
};

const client = (...changes: Tree[]): Edits =>
  also(
    ...changes.map((change) => ({
      'databaseClients.metrics': { port: 5433, read: ['accounts'], ...change },
      'secrets.databaseClients.metrics': 'a-password-of-metrics',
    })),
  );

const withSearch = {
  search: { enabled: true, memoryMb: 1100 },
  'images.search': image('e'),
  'processes.web.memoryMb': 700,
};

const process = 'processes.sidekiq-pull-q';
const deepl = { translation: { provider: 'deepl' }, 'secrets.translationKey': 'a-key:fx' };
const libre = { translation: { provider: 'libretranslate', endpoint: 'https://translate.example.org' } };
const second = {
  repo2: { endpoint: 's3.example.org', region: 'us-east-1', bucket: 'social-coop-backups-2' },
  'secrets.repo2AccessKey': 'AKIASECOND',
  'secrets.repo2SecretKey': 'second/secret+key',
};
const relay = { 'mail.user': 'postmaster', 'secrets.smtpPassword': 'a b"c' };

/** Other places and sizes, by who runs the machine. */
const places: Record<string, { region: string[]; size: string[] }> = {
  digitalocean: { region: ['ams3', 'nyc1'], size: ['s-8vcpu-32gb-amd', 'm-4vcpu-32gb', 'g-4vcpu-16gb'] },
  hetzner: { region: ['nbg1', 'hel1'], size: ['cpx42', 'cpx52'] },
};

/** Machines elsewhere. */
const moved = {
  digitalocean: { provider: 'digitalocean', region: 'lon1', size: 's-8vcpu-16gb' },
  hetzner: { provider: 'hetzner', region: 'hel1', size: 'cpx42' },
  existing: { provider: 'existing', host: '203.0.113.96' },
};

/** Edits of a machine that the file has. */
function machine(role: 'primary' | 'secondary'): Record<string, Edits> {
  const providerOf = (file: StackFile) => (file[role] as { provider?: string } | undefined)?.provider ?? '';
  const existing =
    (key: string, ...values: unknown[]): Edits =>
    (file) =>
      providerOf(file) === 'existing' ? to(`${role}.${key}`, ...values)(file) : [];
  const place =
    (key: 'region' | 'size'): Edits =>
    (file) =>
      to(`${role}.${key}`, ...(places[providerOf(file)]?.[key] ?? []))(file);
  return {
    [`${role}.provider`]: (file) =>
      Object.values(moved)
        .filter(({ provider }) => ![undefined, '', provider].includes(providerOf(file)))
        .map((other) => set(file, { [role]: other })),
    [`${role}.region`]: place('region'),
    [`${role}.size`]: place('size'),
    [`${role}.host`]: existing('host', 'other.example.org', '203.0.113.99'),
    [`${role}.address`]: existing('address', '203.0.113.98'),
    [`${role}.address6`]: existing('address6', '2001:db8::98'),
    [`${role}.user`]: existing('user', 'debian'),
  };
}

/** For every key of the schema, files that differ from a given one in that key; none where there is one choice only. */
export const edits: Record<string, Edits> = {
  domain: also({ domain: 'other.social.coop' }, { domain: 'example.org', dns: { provider: 'none' } }),
  contact: to('contact', 'admin@social.coop', 'root@example.org'),
  app: also({ app: 'hometown', appVersion: '4.5.11+hometown-1.2.1' }),
  appVersion: (file) =>
    file.app === 'hometown'
      ? to('appVersion', '4.5.12+hometown-1.2.2')(file)
      : to('appVersion', '4.4.27', '4.5.21', '4.6.1')(file),
  'images.web': images('web'),
  'images.streaming': images('streaming'),
  'images.postgres': to('images.postgres', image('1'), 'build'),
  'images.redis': images('redis'),
  'images.search': also(withSearch, { ...withSearch, 'images.search': image('3') }),
  federation: to('federation', 'open', 'off'),
  ...machine('primary'),
  ...machine('secondary'),
  'storage.provider': to('storage.provider'),
  'storage.region': to('storage.region', 'nyc3', 'sgp1'),
  'storage.media': to('storage.media', 'other-media', 'm3d1a'),
  'storage.backups': to('storage.backups', 'other-backups', 'b4ckups'),
  'dns.provider': to('dns', { provider: 'none' }),
  'dns.zone': (file) => [set(file, { 'dns.zone': file.domain })],
  'dns.zoneId': to('dns.zoneId', 'f'.repeat(32), '9'.repeat(32)),
  'dns.mail.mx': to('dns.mail.mx', [{ host: 'mx.example.org', priority: 5 }]),
  'dns.mail.spf': to('dns.mail.spf', 'v=spf1 -all'),
  'dns.mail.dkim.*': to('dns.mail.dkim', { s9: 'v=DKIM1; k=ed25519; p=abc=' }),
  'dns.mail.dmarc': to('dns.mail.dmarc', 'v=DMARC1; p=reject'),
  'recovery.recipient': to('recovery.recipient', otherRecovery.recipient),
  'recovery.identity': to('recovery.identity', otherRecovery.identity),
  // Only where a copy can be at all; the rest of it is tried in restore/.
  'recover.to': to('recover.to', 'latest', '2026-11-20T04:15:00Z'),
  'recover.backup': to('recover', { to: 'latest', backup: '20261122-010000F' }),
  'restore.from': (file) =>
    (file.primary as { provider?: string } | undefined)?.provider === 'digitalocean'
      ? to('restore', { from: 'prod' })(file)
      : [],
  'restore.at': () => [],
  'restore.backup': () => [],
  'restore.dump.endpoint': () => [],
  'restore.dump.region': () => [],
  'restore.dump.bucket': () => [],
  'restore.dump.keys': () => [],
  'restore.dump.secrets': () => [],
  'restore.media': () => [],
  'restore.fenced': () => [],
  'restore.hours': () => [],
  sshFrom: to('sshFrom', ['198.51.100.7/32'], ['2001:db8::/48', '203.0.113.128/25']),
  'admins.*': to(
    'admins.ann',
    [openSshPair('ann').publicKey],
    [openSshPair('a').publicKey, openSshPair('b').publicKey],
  ),
  acmeDirectory: to(
    'acmeDirectory',
    'https://acme-staging-v02.api.letsencrypt.org/directory',
    'https://ca.example.org/dir',
  ),
  caCertificates: to('caCertificates', certificate, `${certificate}\n${certificate}`),
  'mail.host': to('mail.host', 'mail.example.org', 'relay.example.net'),
  'mail.port': to('mail.port', 25, 465, 2525),
  'mail.user': also(relay, { ...relay, 'mail.user': 'someone@example.org' }),
  'mail.encryption': to('mail.encryption', 'tls', 'opportunistic'),
  'mail.auth': also({ ...relay, 'mail.auth': 'login' }, { ...relay, 'mail.auth': 'cram_md5' }),
  'mail.replyTo': to('mail.replyTo', 'team@social.coop', 'help@example.org'),
  'mail.from': to('mail.from', 'other@social.coop', 'Other <other@social.coop>'),
  'alerts.mail': to('alerts.mail', 'ops@example.org', 'tech@social.coop'),
  'alerts.againHours': to('alerts.againHours', 1, 48),
  'translation.provider': also(deepl, libre),
  'translation.plan': also({ ...deepl, translation: { provider: 'deepl', plan: 'pro' } }),
  'translation.endpoint': also({
    ...libre,
    translation: { ...libre.translation, endpoint: 'https://b.example.org' },
  }),
  registrations: to('registrations', 'open', 'approved', 'closed'),
  rpo: to('rpo', 10, 3600),
  backupDays: to('backupDays', 7, 365),
  // A stopped Sidekiq process would leave its queue unworked; web has two replicas at most.
  'processes.*.replicas': to('processes.web.replicas', 1),
  'processes.*.concurrency': to(`${process}.concurrency`, 5, 12),
  'processes.*.memoryMb': to(`${process}.memoryMb`, 400, 600),
  'database.maxConnections': to('database.maxConnections', 150, 300),
  'database.sharedBuffersMb': to('database.sharedBuffersMb', 128, 300),
  'databaseClients.*.port': client({ port: 5433 }, { port: 15_433 }),
  'databaseClients.*.read': client({ read: ['*'] }, { read: ['accounts', 'statuses'] }),
  'databaseClients.*.write': client({ write: ['reports'] }),
  'databaseClients.*.connections': client({ connections: 1 }, { connections: 20 }),
  'search.enabled': also(withSearch),
  'search.memoryMb': also({ ...withSearch, search: { enabled: true, memoryMb: 1024 } }),
  uploadMb: to('uploadMb', 40, 250),
  'mediaCache.hours': to('mediaCache.hours', 1, 100),
  'mediaCache.gigabytes': to('mediaCache.gigabytes', 1, 20),
  'retention.mediaDays': to('retention.mediaDays', 0, 30),
  'retention.profileDays': to('retention.profileDays', 7, 90),
  'retention.previewCardDays': to('retention.previewCardDays', 0, 14),
  'retention.statusDays': to('retention.statusDays', 90, 365),
  logDays: to('logDays', 1, 90),
  containerRange: to('containerRange', '172.20.0.0/16', '192.168.0.0/16'),
  containerRange6: to('containerRange6', 'fd12:3456::/48', 'fc00::/32'),
  'environment.*': to('environment.RAILS_LOG_LEVEL', 'warn', 'debug'),
  protect: also({ protect: true, expires: undefined }, { protect: false }),
  expires: also({ protect: false, expires: '2026-12-24' }, { protect: false, expires: '2030-01-01' }),
  hostPublicKey: sshPair('hostPublicKey', 'hostKey', 'primary'),
  'rotated.hostPublicKey': to('rotated.hostPublicKey', openSshPair('other').publicKey),
  'rotated.secondaryHostPublicKey': to('rotated.secondaryHostPublicKey', openSshPair('other').publicKey),
  'rotated.deployPublicKey': to('rotated.deployPublicKey', openSshPair('other').publicKey),
  secondaryHostPublicKey: sshPair('secondaryHostPublicKey', 'secondaryHostKey', 'secondary'),
  deployPublicKey: sshPair('deployPublicKey', 'deployKey'),
  'secrets.secretKeyBase': secret('secretKeyBase'),
  'secrets.vapidPrivateKey': vapidPair,
  'secrets.vapidPublicKey': vapidPair,
  'secrets.activeRecordPrimaryKey': secret('activeRecordPrimaryKey'),
  'secrets.activeRecordDeterministicKey': secret('activeRecordDeterministicKey'),
  'secrets.activeRecordKeyDerivationSalt': secret('activeRecordKeyDerivationSalt'),
  'secrets.databasePassword': secret('databasePassword'),
  'secrets.databaseAdminPassword': secret('databaseAdminPassword'),
  'secrets.redisPassword': secret('redisPassword'),
  'secrets.repositoryCipher': secret('repositoryCipher'),
  'secrets.hostKey': sshPair('hostPublicKey', 'hostKey', 'primary'),
  'secrets.secondaryHostKey': sshPair('secondaryHostPublicKey', 'secondaryHostKey', 'secondary'),
  'secrets.deployKey': sshPair('deployPublicKey', 'deployKey'),
  'secrets.translationKey': also(deepl, { ...deepl, 'secrets.translationKey': 'other' }),
  'secrets.alertWebhook': to('secrets.alertWebhook', 'https://hooks.example.org/webhook/abc'),
  'secrets.deadMansSwitch': to(
    'secrets.deadMansSwitch',
    'https://hc.example.org/ping/1',
    'https://x.org/?a=%20b',
  ),
  'secrets.databaseClients.*': also({
    'databaseClients.metrics': { port: 5433, read: ['accounts'] },
    'secrets.databaseClients.metrics': 'another-password-of-metrics',
  }),
  'secrets.environment.*': to('secrets.environment.HCAPTCHA_SECRET_KEY', '0x1', '0x2'),
  'repo2.endpoint': also({ ...second, 'repo2.endpoint': 's3.example.net' }),
  'repo2.region': also({ ...second, 'repo2.region': 'us-west-2' }),
  'repo2.bucket': also({ ...second, 'repo2.bucket': 'another-bucket' }),
  'secrets.repo2AccessKey': also({ ...second, 'secrets.repo2AccessKey': 'AKIAOTHER' }),
  'secrets.repo2SecretKey': also({ ...second, 'secrets.repo2SecretKey': 'other/secret+key' }),
  // Of a copy alone, as `restore.dump` is.
  'secrets.dumpAccessKey': () => [],
  'secrets.dumpSecretKey': () => [],
  'secrets.smtpPassword': also(relay, { ...relay, 'secrets.smtpPassword': 'other' }),
};
