import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { apps, parseVersion, type Version } from '../../../components/apps/index.ts';
import type { Secrets, StackConfig } from '../../../components/config.ts';
import { type HostFile, renderHost } from '../../../components/host/render.ts';
import { facts } from '../../fixtures/facts.ts';

const given = facts();
const files = renderHost(given);
const at = (path: string, from = files): HostFile => {
  const found = from.find((file) => file.path === path);
  if (!found) throw new Error(`${path} is not rendered`);
  return found;
};
const secretValues = [
  ...Object.entries(given.config.secrets)
    .filter(([key]) => key !== 'vapidPublicKey')
    .flatMap(([, secret]) => (typeof secret === 'object' ? Object.values(secret) : secret)),
  given.media.accessKey,
  given.media.secretKey,
  given.backups.accessKey,
  given.backups.secretKey,
];

describe('renderHost', () => {
  it('gives the same bytes for the same facts', () => {
    expect(renderHost(structuredClone(given))).toEqual(files);
  });

  it('is sorted by path, each path once and absolute', () => {
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual([...new Set(paths)].sort());
    expect(paths.every((path) => path.startsWith('/'))).toBe(true);
  });

  it('leaves no placeholder of a template unfilled', () => {
    for (const { path, content } of files) expect(content, path).not.toMatch(/@[A-Z][A-Z0-9_]+@/);
  });

  it('puts secrets only into files that nobody but their reader may read', () => {
    for (const { path, content, mode } of files) {
      const found = secretValues.filter((secret) => content.includes(secret.trim()));
      if (found.length > 0) expect(mode & 0o077, path).toBe(0);
    }
  });

  it('ships neither the private SSH keys nor the plain passwords of the database roles to the database', () => {
    const all = files.map(({ content }) => content).join('\n');
    expect(all).not.toContain('OPENSSH PRIVATE KEY');
    const database = files.filter(({ path }) => path.startsWith('/etc/social.coop/postgres/'));
    for (const { path, content } of database) {
      expect(content, path).not.toContain(given.config.secrets.databasePassword);
      expect(content, path).not.toContain(given.config.secrets.databaseAdminPassword);
    }
  });

  it('gives secret files to their readers only', () => {
    expect(at('/opt/social.coop/.env.production')).toMatchObject({
      mode: 0o600,
      owner: 'root',
      group: 'root',
    });
    expect(at('/etc/social.coop/app/secrets.env')).toMatchObject({ mode: 0o400, owner: '991' });
    expect(at('/etc/social.coop/postgres/pgbackrest.conf')).toMatchObject({ mode: 0o400, owner: '5432' });
    expect(at('/etc/social.coop/redis/redis.conf')).toMatchObject({ mode: 0o400, owner: '6379' });
    expect(at('/etc/social.coop/rclone.conf')).toMatchObject({ mode: 0o600, owner: 'root' });
  });

  it('makes every program executable and nothing else', () => {
    for (const { path, mode, content } of files)
      expect((mode & 0o111) !== 0, path).toBe(content.startsWith('#!/bin/'));
  });

  it('follows every fact: a different stack renders a different tree', () => {
    expect(
      renderHost(facts({ config: { domain: 'alpha.social.coop' } }))
        .map(({ content }) => content)
        .join(),
    ).not.toContain('staging.social.coop');
  });

  it('leaves the egress timer out while federation is open', () => {
    const open = renderHost({ ...given, config: { ...given.config, federation: 'open' } });
    expect(open.some(({ path }) => path.includes('egress-refresh.timer'))).toBe(false);
    expect(at('/etc/systemd/system/egress-refresh.timer').content).toContain('WantedBy=timers.target');
  });

  it('lays on a machine that stands by the same files, but no timer that works on what only the primary has', () => {
    const standby = renderHost({ ...given, machine: { ...given.machine, role: 'secondary' } });
    const paths = standby.map(({ path }) => path);
    const left = files.map(({ path }) => path).filter((path) => !paths.includes(path));
    expect(left).toContain('/etc/systemd/system/certificate-renew.timer');
    expect(left.every((path) => path.endsWith('.timer'))).toBe(true);
    expect(at('/etc/systemd/system/egress-refresh.timer', standby)).toBeDefined();
    expect(at('/etc/social.coop/stack.env', standby).content).toContain("ROLE='secondary'");
  });

  it('lets whoever logs in to an existing host keep doing so', () => {
    const primary = {
      provider: 'existing',
      host: 'box.example.org',
      address: '203.0.113.7',
      user: 'debian',
    } as const;
    const existing = renderHost({ ...given, config: { ...given.config, primary } });
    expect(at('/etc/ssh/sshd_config.d/10-social-coop.conf', existing).content).toContain(
      'AllowUsers root debian alice bob\n',
    );
    expect(at('/etc/ssh/authorized_keys.d/debian', existing).content).toBe(
      `${given.config.deployPublicKey}\n`,
    );
    expect(() => at('/etc/ssh/authorized_keys.d/debian')).toThrow();
  });

  it('installs every timer into timers.target, and a service of the same name beside it', () => {
    const timers = files.filter(({ path }) => path.endsWith('.timer'));
    expect(timers.length).toBeGreaterThanOrEqual(3);
    for (const { path, content } of timers) {
      expect(content, path).toMatch(/\[Install\]\nWantedBy=timers\.target/);
      expect(at(path.replace(/timer$/, 'service')).content).toContain('ExecStart=');
    }
  });
});

describe('housekeeping', () => {
  const jobs = (retention: typeof given.config.retention) =>
    renderHost(facts({ config: { retention } }))
      .map(({ path }) => /\/(tootctl-[a-z-]+\.(?:service|timer))$/.exec(path)?.[1])
      .filter(Boolean);

  it('is there for what is kept for days, and not for what is kept for ever', () => {
    expect(jobs({ mediaDays: 0, profileDays: 0, previewCardDays: 0, statusDays: 0 })).toEqual([]);
    expect(jobs({ mediaDays: 0, profileDays: 3, previewCardDays: 0, statusDays: 90 })).toEqual([
      'tootctl-profiles.service',
      'tootctl-profiles.timer',
      'tootctl-statuses.service',
      'tootctl-statuses.timer',
    ]);
    expect(jobs({ mediaDays: 7, profileDays: 1, previewCardDays: 14, statusDays: 1 })).toHaveLength(8);
  });

  it('removes nothing that only members have', () => {
    const { content } = at('/opt/social.coop/libexec/housekeeping');
    const lines = content.split('\n').filter((line) => !line.startsWith('#'));
    expect(lines.join('\n')).not.toMatch(/orphans|cull|prune\b(?!-profiles)|purge|accounts/);
  });
});

describe('jobs and logs', () => {
  it('every timer has a calendar time, and an age after which its last success is too old', () => {
    for (const { path, content } of files.filter((file) => file.path.endsWith('.timer'))) {
      expect(content, path).toMatch(/^OnCalendar=/m);
      expect(Number(/^X-StaleAfterSec=(\d+)$/m.exec(content)?.[1]), path).toBeGreaterThanOrEqual(1800);
    }
  });

  it('keeps logs as many days as one setting says, in files that are no longer than a day', () => {
    const { content } = at(
      '/etc/systemd/journald.conf.d/social-coop.conf',
      renderHost(facts({ config: { logDays: 3 } })),
    );
    expect(content).toMatch(/^MaxRetentionSec=3day$/m);
    expect(content).toMatch(/^MaxFileSec=1day$/m);
    // nginx has no file of its own, and containers none either.
    const nginx = files.filter(({ path }) => path.startsWith('/etc/nginx/')).map((file) => file.content);
    for (const [line] of nginx.join('\n').matchAll(/^\s*(?:access|error)_log .*$/gm))
      expect(line).toMatch(/_log (?:off|syslog:)/);
    expect(at('/etc/docker/daemon.json').content).toContain('"log-driver": "journald"');
  });
});

describe('the environment files', () => {
  const names = (path: string) =>
    at(path)
      .content.split('\n')
      .filter(Boolean)
      .map((line) => line.slice(0, line.indexOf('=')));

  it('hold only names that the app version reads', () => {
    const read = apps.mastodon.environment(parseVersion(given.config.appVersion) as Version);
    const all = [...names('/opt/social.coop/.env.production'), ...names('/etc/social.coop/app/secrets.env')];
    expect(all.filter((name) => !read.has(name))).toEqual([]);
    expect(all.length).toBeGreaterThan(30);
  });

  const withSecrets = (secrets: Partial<Secrets>, config: Partial<StackConfig> = {}) =>
    renderHost({
      ...given,
      config: { ...given.config, ...config, secrets: { ...given.config.secrets, ...secrets } },
    });
  const environments = (from: HostFile[]) => [
    at('/opt/social.coop/.env.production', from).content,
    at('/etc/social.coop/app/secrets.env', from).content,
  ];

  it('keep what an admin adds among the secrets out of the containers’ variables', () => {
    const more = withSecrets(
      { environment: { OIDC_CLIENT_SECRET: 'hush-hush' } },
      { environment: { OIDC_CLIENT_ID: 'us' } },
    );
    const [plain, secret] = environments(more);
    expect(plain).toContain("OIDC_CLIENT_ID='us'");
    expect(secret).toContain("OIDC_CLIENT_SECRET='hush-hush'");
    expect(more.filter(({ content }) => content.includes('hush-hush'))).toHaveLength(1);
  });

  it.each([
    [{ provider: 'deepl', plan: 'pro' }, "DEEPL_PLAN='pro'", "DEEPL_API_KEY='hush-hush'", 'api.deepl.com'],
    [
      { provider: 'libretranslate', endpoint: 'https://lt.example.org:8443' },
      "LIBRE_TRANSLATE_ENDPOINT='https://lt.example.org:8443'",
      "LIBRE_TRANSLATE_API_KEY='hush-hush'",
      'lt.example.org',
    ],
  ] as const)(
    'hold the translation service %j, which stays reachable while federation is off',
    (translation, ...expected) => {
      const more = withSecrets({ translationKey: 'hush-hush' }, { translation });
      const [plain, secret] = environments(more);
      expect(plain).toContain(expected[0]);
      expect(secret).toContain(expected[1]);
      expect(at('/etc/social.coop/egress', more).content).toMatch(
        new RegExp(`^${expected[2]} tcp \\d+$`, 'm'),
      );
    },
  );

  it.each([
    [{ port: 465 }, ["SMTP_TLS='true'", "SMTP_ENABLE_STARTTLS='never'", "SMTP_AUTH_METHOD='plain'"]],
    [{ port: 587 }, ["SMTP_ENABLE_STARTTLS='always'"]],
    [{ port: 2465, encryption: 'tls' }, ["SMTP_TLS='true'"]],
    [{ port: 2525, encryption: 'opportunistic' }, ["SMTP_ENABLE_STARTTLS='auto'"]],
    [
      { port: 587, auth: 'login', replyTo: 'us@x.coop' },
      ["SMTP_AUTH_METHOD='login'", "SMTP_REPLY_TO='us@x.coop'"],
    ],
  ] as const)('hand mail over as %j says', (mail, expected) => {
    const [plain] = environments(withSecrets({}, { mail: { ...given.config.mail, ...mail } }));
    for (const line of expected) expect(plain?.split('\n')).toContain(line);
    expect(plain?.includes('SMTP_TLS')).toBe((expected as readonly string[]).includes("SMTP_TLS='true'"));
  });

  it('have no secret without a password for mail', () => {
    const { smtpPassword: _, ...secrets } = given.config.secrets;
    const without = renderHost({ ...given, config: { ...given.config, secrets } });
    expect(at('/opt/social.coop/.env.production', without).content).toContain("SMTP_AUTH_METHOD='none'");
    expect(at('/etc/social.coop/app/secrets.env', without).content).not.toContain('SMTP_PASSWORD');
  });
});

describe('compose.yaml', () => {
  interface Service {
    image: string;
    ports?: string[];
    networks: string[];
    logging: { driver: string };
    healthcheck: unknown;
    mem_limit: string;
    restart: string;
    security_opt: string[];
    cap_drop: string[];
    extra_hosts?: string[];
    labels?: Record<string, string>;
    command?: string[];
  }
  const compose = (from = files) =>
    parse(at('/opt/social.coop/compose.yaml', from).content) as {
      services: Record<string, Service>;
      networks: Record<
        string,
        { internal?: boolean; enable_ipv6?: boolean; driver_opts: Record<string, string> }
      >;
    };

  it('has a service for each replica of each process, and what they stand on', () => {
    expect(Object.keys(compose().services)).toEqual([
      'db',
      'redis',
      'web',
      'web-2',
      'streaming',
      'sidekiq-default-q',
      'sidekiq-push-q',
      'sidekiq-pull-q',
      'sidekiq',
      'sidekiq-scheduler',
    ]);
    const more = renderHost(facts({ config: { processes: { 'sidekiq-pull-q': { replicas: 3 } } } }));
    expect(Object.keys(compose(more).services)).toEqual(
      expect.arrayContaining(['sidekiq-pull-q', 'sidekiq-pull-q-2', 'sidekiq-pull-q-3']),
    );
  });

  it('publishes on loopback only, and neither database nor redis at all', () => {
    const { services } = compose();
    for (const [name, { ports }] of Object.entries(services))
      for (const port of ports ?? [])
        expect(port, name).toMatch(/^127\.0\.0\.1:(3000:3000|3001:3001|4000:4000)$/);
    expect(services.db?.ports ?? services.redis?.ports).toBeUndefined();
  });

  it('keeps database and redis on the internal network alone', () => {
    const { services, networks } = compose();
    expect(Object.keys(services.db?.networks ?? {})).toEqual(['coop-int']);
    expect(services.redis?.networks).toEqual(['coop-int']);
    expect(networks['coop-int']).toMatchObject({ internal: true });
    expect(networks['coop-out']).toMatchObject({ enable_ipv6: true });
    expect(networks['coop-out']?.driver_opts['com.docker.network.bridge.name']).toBe('coop-out');
  });

  it('gives every container a digest, limits, a health check, the journal and no privileges', () => {
    for (const [name, service] of Object.entries(compose().services)) {
      expect(service.image, name).toMatch(/@sha256:[0-9a-f]{64}$/);
      expect(service, name).toMatchObject({
        logging: { driver: 'journald' },
        restart: 'unless-stopped',
        security_opt: ['no-new-privileges:true'],
        cap_drop: ['ALL'],
      });
      expect(service.healthcheck, name).toBeDefined();
      expect(service.mem_limit, name).toMatch(/^\d+m$/);
    }
  });

  it('changes exactly the containers that read a file, when the file changes', () => {
    const other = structuredClone(given);
    other.config.secrets.redisPassword = 'another-password-of-thirty-letters';
    const [before, after] = [compose(), compose(renderHost(other))];
    const changed = Object.keys(before.services).filter(
      (name) => JSON.stringify(before.services[name]) !== JSON.stringify(after.services[name]),
    );
    expect(changed).not.toContain('db');
    // It takes a new password while it runs.
    expect(changed).not.toContain('redis');
    expect(changed).toHaveLength(8);
  });

  it('recreates no container for a new backups key: pgBackRest reads it at each call', () => {
    const other = structuredClone(given);
    other.backups.secretKey = 'another-secret-key';
    expect(compose(renderHost(other))).toEqual(compose());
  });
});
