import { describe, expect, it } from 'vitest';
import { type HostFile, renderHost } from '../../../components/host/render.ts';
import { facts } from '../../fixtures/facts.ts';
import { at, files, given } from '../support/rendered.ts';

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
    expect(left.filter((path) => !/\.timer$|\/heartbeat(\.service)?$/.test(path))).toEqual([]);
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

  it('backs up the machine that serves, and no other; a dump is for a recovery key', () => {
    const names = (from: HostFile[]) =>
      from
        .map(({ path }) => /systemd\/system\/(.+)\.(?:timer|service)$/.exec(path)?.[1] ?? '')
        .filter((name) => /^(backup-|heartbeat|manifest|media-(sample|inv)|pg-dump)/.test(name));
    const jobs = ['full', 'diff', 'incr', 'check', 'verify'].map((kind) => `backup-${kind}`);
    expect(new Set(names(files))).toEqual(
      new Set([...jobs, 'heartbeat', 'manifest', 'media-sample', 'media-inventory', 'pg-dump-to-s3']),
    );
    expect(names(renderHost({ ...given, kit: undefined }))).not.toContain('pg-dump-to-s3');
    const standby = renderHost({ ...given, machine: { ...given.machine, role: 'secondary' } });
    const timers = standby.map(({ path }) => path).filter((path) => path.endsWith('.timer'));
    expect(timers.filter((path) => !/egress-refresh|watch/.test(path))).toEqual([]);
    expect(standby.map(({ path }) => path)).not.toContain('/etc/systemd/system/heartbeat.service');
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
