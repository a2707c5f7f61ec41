import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  egressNames,
  firewallEgress,
  firewallRanges,
  registries,
} from '../../../components/host/firewall.ts';
import { imagesOf } from '../../../components/host/images.ts';
import { parseManifest, ruleFor } from '../../../components/host/manifest.ts';
import { networks } from '../../../components/host/networks.ts';
import { nginxFederation, nginxUpstreams } from '../../../components/host/nginx.ts';
import { pgbackrestConfig, pgbackrestFiles } from '../../../components/host/pgbackrest.ts';
import { postgresConfig } from '../../../components/host/postgres.ts';
import { renderHost } from '../../../components/host/render.ts';
import { scramVerifier } from '../../../components/host/scram.ts';
import { stackEnvironment } from '../../../components/host/stack-env.ts';
import { fill } from '../../../components/host/template.ts';
import { trustFiles } from '../../../components/host/trust.ts';
import type { HostFacts } from '../../../components/host/types.ts';
import { facts } from '../../fixtures/facts.ts';

describe('networks', () => {
  it('cuts three networks that do not overlap out of the configured ranges', () => {
    expect(networks({ containerRange: '10.96.252.0/22', containerRange6: 'fd00:5c:7::/48' })).toEqual({
      bridge: { subnet: '10.96.252.0/24', gateway: '10.96.252.1' },
      out: { subnet: '10.96.253.0/24', gateway: '10.96.253.1' },
      out6: { subnet: 'fd00:5c:7:1::/64', gateway: 'fd00:5c:7:1::1' },
      internal: { subnet: '10.96.254.0/24', gateway: '10.96.254.1' },
      database: '10.96.254.254',
    });
  });
});

describe('the manifest of modes', () => {
  const rules = parseManifest('# comment\n/a/b/* 0755 root root\n/a/** 0440 root 991 # why\n');

  it('lets the first pattern that fits win, and * stay within a directory', () => {
    expect(ruleFor(rules, '/a/b/c')).toMatchObject({ mode: 0o755, group: 'root' });
    expect(ruleFor(rules, '/a/b/c/d')).toMatchObject({ mode: 0o440, group: '991' });
    expect(ruleFor(rules, '/b')).toMatchObject({ mode: 0o644, owner: 'root' });
  });

  it.each(['/a 755 root root', '/a 0755 root', '/a 0999 root root', '/a 0755 root root more'])(
    'refuses %j',
    (line) => {
      expect(() => parseManifest(line)).toThrow(line);
    },
  );
});

describe('templates', () => {
  it('refuse a name that has no value', () => {
    expect(() => fill('/etc/x', 'a @NO_SUCH@ b', {})).toThrow('/etc/x names @NO_SUCH@');
  });
});

describe('the firewall', () => {
  it('tells SSH ranges apart by family, and takes none of one', () => {
    const text = firewallRanges(facts({ config: { sshFrom: ['198.51.100.0/24', '2001:db8::/48'] } }));
    expect(text).toMatch(/set ssh4 \{[^}]*\{ 198\.51\.100\.0\/24 \}/);
    expect(text).toMatch(/set ssh6 \{[^}]*\{ 2001:db8::\/48 \}/);
    expect(firewallRanges(facts({ config: { sshFrom: ['198.51.100.0/24'] } }))).not.toMatch(
      /ssh6 \{[^}]*elements/,
    );
  });

  it('lets everything out while federation is open, and only the sets while it is off', () => {
    expect(firewallEgress(facts({ config: { federation: 'open' } }))).toBe('accept\n');
    const off = firewallEgress(facts({ config: { federation: 'off' } }));
    expect(off.match(/accept/g)).toHaveLength(2);
    expect(off).toMatch(/counter name egress_refused reject with icmpx type admin-prohibited\n$/);
  });

  it('names storage, mail relay, authority and every registry, with their ports', () => {
    const given = facts({
      config: {
        acmeDirectory: 'https://acme.example:14000/dir',
        mail: { host: 'mail.example', port: 465, from: 'a@b.example' },
        images: { ...facts().config.images, redis: `reg.example:5000/redis@sha256:${'e'.repeat(64)}` },
      },
      backups: { endpoint: 'nyc3.digitaloceanspaces.com' },
    });
    expect(egressNames(given).trim().split('\n')).toEqual([
      'acme.example tcp 14000',
      'fra1.digitaloceanspaces.com tcp 443',
      'ghcr.io tcp 443',
      'mail.example tcp 465',
      'nyc3.digitaloceanspaces.com tcp 443',
      'reg.example tcp 5000',
    ]);
    expect(registries(given)).toEqual(['ghcr.io', 'reg.example:5000']);
  });
});

describe('further certificate authorities', () => {
  const pem = (letter: string) => `-----BEGIN CERTIFICATE-----\n${letter}\n-----END CERTIFICATE-----`;

  it('are one file each for the system, and one for each registry', () => {
    const paths = trustFiles(facts({ config: { caCertificates: `${pem('A')}\n${pem('B')}\n` } })).map(
      ({ path }) => path,
    );
    expect(paths).toEqual([
      '/usr/local/share/ca-certificates/social-coop-1.crt',
      '/usr/local/share/ca-certificates/social-coop-2.crt',
      '/etc/docker/certs.d/docker.io/ca.crt',
      '/etc/docker/certs.d/ghcr.io/ca.crt',
    ]);
  });

  it('change nothing when there are none', () => {
    expect(trustFiles(facts())).toEqual([]);
  });
});

describe('nginx', () => {
  const closed = (uri: string, accept = '*/*', federation: 'open' | 'off' = 'off') => {
    // As nginx does: the first expression that fits.
    const rules = [...nginxFederation(facts({ config: { federation } })).matchAll(/"~(\*?)(.+)" ([01]);/g)];
    const hit = rules.find(([, star, source]) =>
      new RegExp(source as string, star ? 'i' : '').test(`${uri} ${accept}`),
    );
    return hit?.[3] === '1';
  };

  it.each([
    '/inbox',
    '/users/alice/inbox',
    '/users/alice/followers',
    '/users/alice/collections/featured',
    '/ap/users/109/inbox',
    '/ap/users/109',
    '/actor',
    '/actor/inbox',
    '/.well-known/webfinger',
  ])('closes %s to other servers', (uri) => {
    expect(closed(uri)).toBe(true);
    expect(closed(uri, '*/*', 'open')).toBe(false);
  });

  it.each(['/users/alice', '/@alice', '/@alice/1', '/users/alice/statuses/1'])(
    'closes %s to whoever asks for an activity',
    (uri) => {
      expect(closed(uri, 'application/activity+json')).toBe(true);
      expect(
        closed(uri, 'text/plain;q=0.1, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'),
      ).toBe(true);
      expect(closed(uri, 'text/html,application/xhtml+xml')).toBe(false);
      expect(closed(uri, '')).toBe(false);
    },
  );

  it.each([
    '/',
    '/about',
    '/api/v1/statuses',
    '/auth/sign_in',
    '/system/a.png',
    '/api/v1/streaming',
    '/actors',
    '/inboxes',
  ])('leaves %s to members', (uri) => {
    expect(closed(uri)).toBe(false);
  });

  it('does not close the page that says so', () => {
    expect(closed('/_unavailable/federation.json', 'application/activity+json')).toBe(false);
  });

  it('knows as many web ports as there are replicas', () => {
    expect(nginxUpstreams(facts()).match(/127\.0\.0\.1:\d+/g)).toEqual([
      '127.0.0.1:3000',
      '127.0.0.1:3001',
      '127.0.0.1:4000',
    ]);
    expect(nginxUpstreams(facts({ config: { processes: { web: { replicas: 1 } } } }))).not.toContain('3001');
  });
});

describe('database and backups', () => {
  it('follow the configured RPO, connections and retention', () => {
    const given = facts({
      config: { rpo: 10, backupDays: 7, database: { maxConnections: 321, sharedBuffersMb: 512 } },
    });
    expect(postgresConfig(given)).toContain('archive_timeout = 10\n');
    expect(postgresConfig(given)).toContain('max_connections = 321\n');
    expect(postgresConfig(given)).toContain("shared_buffers = '512MB'\n");
    expect(pgbackrestConfig(given)).toContain('repo1-retention-full=7\n');
  });

  it('never set a limit at which pgBackRest drops WAL and reports success', () => {
    expect(pgbackrestConfig(facts())).not.toContain('queue-max');
    expect(pgbackrestConfig(facts())).not.toContain('repo2');
  });

  it('give a role the verifier of its password: RFC 5802 with a salt that repeats', () => {
    const verifier = scramVerifier('mastodon', 'pencil');
    expect(verifier).toMatch(
      /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/,
    );
    expect(scramVerifier('mastodon', 'pencil')).toBe(verifier);
    expect(scramVerifier('postgres', 'pencil')).not.toBe(verifier);
  });
});

describe('database clients', () => {
  const secrets = { ...facts().config.secrets, databaseClients: { metrics: 'a-password-of-metrics' } };
  const metrics = { port: 5433, read: ['accounts'], write: [], connections: 2 };
  const given = facts({ config: { databaseClients: { metrics }, secrets } });
  const files = renderHost(given);
  const content = (path: string) => files.find((file) => file.path === path)?.content ?? '';

  it('have a port on loopback and only there', () => {
    const socket = content('/etc/systemd/system/database-client@metrics.socket');
    expect(socket.match(/^Listen.*$/gm)).toEqual(['ListenStream=127.0.0.1:5433']);
    expect(content('/etc/systemd/system/database-client@metrics.service')).toContain(
      '--connections-max=2 --exit-idle-time=10min 198.19.2.254:5432\n',
    );
    const standby = { ...given, machine: { ...given.machine, role: 'secondary' as const } };
    for (const other of [facts(), standby])
      expect(renderHost(other).filter(({ path }) => path.includes('database-client@'))).toEqual([]);
  });

  it('are whom the database lets in from the machine, before it lets in nobody else', () => {
    const lines = content('/etc/social.coop/postgres/pg_hba.conf').split('\n');
    const at = (line: string) => lines.indexOf(line);
    expect(at('host mastodon_production metrics 198.19.2.1/32 scram-sha-256')).toBeGreaterThan(0);
    expect(at('host all all 198.19.2.1/32 reject')).toBeGreaterThan(
      at('host mastodon_production metrics 198.19.2.1/32 scram-sha-256'),
    );
    expect(lines.findIndex((line) => line.includes(' mastodon '))).toBeGreaterThan(
      at('host all all 198.19.2.1/32 reject'),
    );
  });

  it('never show their password on the machine', () => {
    expect(files.filter((file) => file.content.includes('a-password-of-metrics'))).toEqual([]);
    expect(content('/etc/social.coop/postgres/clients.json')).toContain('SCRAM-SHA-256$4096:');
  });
});

describe('search', () => {
  const elastic = `docker.elastic.co/elasticsearch/elasticsearch:7.17.29@sha256:${'e'.repeat(64)}`;
  const given = facts({
    config: {
      search: { enabled: true, memoryMb: 2001 },
      images: { ...facts().config.images, search: elastic },
    },
  });
  const contentOf = (path: string, from: HostFacts) =>
    renderHost(from).find((file) => file.path === path)?.content ?? '';
  const compose = (from: HostFacts) => parse(contentOf('/opt/social.coop/compose.yaml', from));

  it('is off unless asked for: no service, no volume, no variable, no kernel setting', () => {
    const off = facts();
    expect(Object.keys(compose(off).services)).not.toContain('es');
    expect(compose(off).volumes).toBeUndefined();
    expect(contentOf('/opt/social.coop/.env.production', off)).not.toContain('ES_');
    expect(contentOf('/etc/sysctl.d/60-social-coop-search.conf', off)).toBe('');
    expect(stackEnvironment(off).OTHER_SERVICES).not.toMatch(/\bes\b/);
  });

  it('runs on the internal network alone, in a profile and a volume of its own, with half its memory as heap', () => {
    const { es } = compose(given).services;
    expect(es).toMatchObject({
      image: elastic,
      profiles: ['search'],
      networks: ['coop-int'],
      mem_limit: '2001m',
      memswap_limit: '2001m',
      volumes: ['search:/usr/share/elasticsearch/data'],
      cap_drop: ['ALL'],
    });
    expect(es.ports).toBeUndefined();
    expect(es.environment.ES_JAVA_OPTS).toMatch(/^-Xms1000m -Xmx1000m /);
    expect(compose(given).volumes).toEqual({ search: { name: 'instance-search' } });
  });

  it('is known to the app, to apply and to the kernel', () => {
    const plain = contentOf('/opt/social.coop/.env.production', given).split('\n');
    expect(plain.filter((line) => line.startsWith('ES_'))).toEqual([
      "ES_ENABLED='true'",
      "ES_HOST='es'",
      "ES_PORT='9200'",
      "ES_PRESET='single_node_cluster'",
    ]);
    expect(stackEnvironment(given)).toMatchObject({ IMAGE_SEARCH: elastic });
    expect(stackEnvironment(given).OTHER_SERVICES?.split(' ')).toContain('es');
    expect(contentOf('/etc/sysctl.d/60-social-coop-search.conf', given)).toContain(
      'vm.max_map_count = 262144',
    );
    expect(registries(given)).toContain('docker.elastic.co');
  });
});

describe('a database image without a registry', () => {
  const given = facts({ config: { images: { ...facts().config.images, postgres: 'build' } } });

  it('is built on the machine from a context that the tree carries, under the name compose.yaml has', () => {
    const files = renderHost(given);
    const name = imagesOf(given.config).postgres;
    expect(name).toMatch(/^social-coop\/postgres:[0-9a-f]{16}$/);
    expect(files.find(({ path }) => path.endsWith('/compose.yaml'))?.content).toContain(`image: ${name}\n`);
    expect(
      files.find(({ path }) => path === '/opt/social.coop/images/postgres/Dockerfile')?.content,
    ).toContain('FROM debian');
    expect(registries(given)).not.toContain('build');
  });
});

describe('a second backup repository', () => {
  const repo2 = { endpoint: 's3.example.org', region: 'us-east-1', bucket: 'elsewhere' };
  const plain = facts();
  const given = {
    ...plain,
    config: {
      ...plain.config,
      repo2,
      secrets: { ...plain.config.secrets, repo2AccessKey: 'AKIATWO', repo2SecretKey: 'secret-of-two' },
    },
  };
  const files = renderHost(given);
  const at = (path: string) => files.find((file) => file.path === path);

  it('has its own place and keys, and the same cipher and days', () => {
    const [one, both] = pgbackrestFiles(given);
    expect(one).toEqual({ name: 'pgbackrest.conf', content: pgbackrestConfig(plain) });
    expect(at('/opt/social.coop/compose.yaml')?.content).toContain(`postgres/${both?.name}\n`);
    const lines = both?.content.split('\n') ?? [];
    expect(lines).toEqual(
      expect.arrayContaining([
        'repo2-s3-endpoint=s3.example.org',
        'repo2-s3-bucket=elsewhere',
        'repo2-s3-region=us-east-1',
        'repo2-s3-key=AKIATWO',
        'repo2-s3-key-secret=secret-of-two',
      ]),
    );
    const without = (number: number) =>
      lines
        .filter((line) => line.startsWith(`repo${number}-`))
        .map((line) => line.slice(6))
        .filter((line) => !/^(s3-(key|key-secret|bucket|region|endpoint)|storage-port)=/.test(line));
    expect(without(2)).toEqual(without(1));
    expect(without(1)).toContain(`cipher-pass=${plain.config.secrets.repositoryCipher}`);
  });

  it('is reached by a way of its own, also while federation is off', () => {
    expect(at('/etc/systemd/system/repo2-storage.service')?.content).toContain(' s3.example.org:443\n');
    expect(at('/etc/systemd/system/repo2-storage.socket')?.content).toMatch(/^ListenStream=[\d.]+:9444$/m);
    expect(at('/etc/social.coop/egress')?.content).toContain('s3.example.org tcp 443\n');
    expect(at('/opt/social.coop/compose.yaml')?.content).toContain('s3.example.org:');
    const none = renderHost(plain).map(({ path }) => path);
    expect(none.filter((path) => path.includes('repo2'))).toEqual([]);
  });
});
