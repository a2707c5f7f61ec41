import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppName } from '../../components/config.ts';
import type { HostFacts, HostFile } from '../../components/host/render.ts';
import { renderHost } from '../../components/host/render.ts';
import { ensureImages, type LabImages } from '../../lab/services/images.ts';
import { ApplyLab } from './support/apply-lab.ts';
import { red, restarted, starts } from './support/apply-observe.ts';

let lab: ApplyLab;
let facts: HostFacts;

beforeAll(async () => {
  lab = await ApplyLab.start('guards.social.coop');
  facts = lab.facts;
});
afterAll(() => lab?.stop());

const changed = (config: Partial<HostFacts['config']>) => lab.changed(config);

async function applyFiles(files: HostFile[]) {
  const { tree, hash } = await lab.shipFiles(files);
  return lab.applyTree(tree, hash);
}

describe('a machine without a database', () => {
  it('gets none while the backups repository cannot be asked', async () => {
    const ran = await lab.apply({ ...facts, backups: { ...facts.backups, secretKey: 'no-longer-good' } });
    expect(ran.code, ran.output).toBe(1);
    expect(ran.output).toMatch(/the backups repository does not answer — s3:\/\/staging-social-coop-backups/);
    expect(await lab.must('ls /var/lib/social.coop/postgres')).toBe('');
  });

  it('gets one, and a full backup, when the repository answers and is empty', async () => {
    const ran = await lab.apply(facts);
    expect(ran.code, ran.output).toBe(0);
    expect(red(JSON.parse(await lab.must('instance status --json')))).toEqual([]);
  });

  it('is not given an empty one on top of backups, when a server was deleted by hand', async () => {
    await lab.must(`instance psql -c 'CREATE TABLE precious AS SELECT 1'`);
    await lab.makeMachine();
    const ran = await lab.apply(facts);
    expect(ran.code, ran.output).toBe(1);
    expect(ran.output).toMatch(/holds 1 backup\(s\) of this stack.*coop failover staging.*coop recover/);
    expect(await lab.must('ls /var/lib/social.coop/postgres')).toBe('');
  });

  it('starts anew when somebody has emptied the bucket on purpose', async () => {
    await lab.makeBuckets();
    const ran = await lab.apply(facts);
    expect(ran.code, ran.output).toBe(0);
  });
});

describe('an app', () => {
  const [older, newer] = ['4.4.20+hometown-1.1.2', '4.6.2'];
  let images: Record<'older' | 'newer', LabImages>;
  const as = (app: AppName, appVersion: string, of = facts.config.images) =>
    changed({ app, appVersion, images: of });
  const applied = () =>
    lab.must("sha256sum $(awk '{ print $5 }' /var/lib/social.coop/applied/MANIFEST) | sha256sum");
  const query = (text: string) => lab.must(`instance psql -qAt -c "${text}"`);

  beforeAll(async () => {
    images = await ensureImages(
      { older: { app: 'hometown', version: older }, newer: { app: 'mastodon', version: newer } },
      'standin',
      () => {},
    );
  });

  it('that is not the one asked for fails the apply, which names both', async () => {
    const ran = await lab.apply(as('hometown', '4.5.11+hometown-1.2.1'));
    expect(ran.code, ran.output).toBe(1);
    expect(ran.output).toContain(
      'the app says it is version 4.5.20, and hometown 4.5.11+hometown-1.2.1 was asked for — images.web: registry.lab.test/',
    );
    expect((await lab.apply(facts)).code).toBe(0);
  });

  it('older than its database is refused before anything changes, the newer one named', async () => {
    const before = [await starts(lab), await applied()];
    const ran = await lab.apply(as('hometown', older, images.older));
    expect(ran.code, ran.output).toBe(1);
    expect(ran.output).toMatch(
      /hometown 4\.4\.20\+hometown-1\.1\.2 is older than its database — its newest migration is \d{14}, the database's 20250917140000, made by registry.lab.test\/social-coop\/mastodon-standin:4\.5\.20-/,
    );
    expect([await starts(lab), await applied()]).toEqual(before);
  });

  it('may come back while a newer one has run its first phase only, and not after the second', async () => {
    const { web } = images.newer;
    await lab.must(`docker pull -q ${web} && echo '${web} before' > /var/lib/social.coop/migrated`);
    const run = (...versions: string[]) =>
      query(`INSERT INTO schema_migrations VALUES ${versions.map((version) => `('${version}')`).join()}`);
    await run('20260212093000', '20260303101500');
    const back = await lab.apply(facts);
    expect(back.code, back.output).toBe(0);
    // A patch of the old release later on is no different.
    await lab.must("echo 'registry.lab.test/x:1@sha256:0 after' > /var/lib/social.coop/migrated");
    expect((await lab.apply(facts)).code).toBe(0);
    await run('20260318120000');
    await lab.must(`echo '${web} before' > /var/lib/social.coop/migrated`);
    const late = await lab.apply(facts);
    expect(late.code, late.output).toBe(1);
    expect(late.output).toContain('mastodon 4.5.20 is older than its database');
    await query("DELETE FROM schema_migrations WHERE version > '2026'");
    expect((await lab.apply(facts)).code).toBe(0);
  });

  it('that would show what members of a Hometown wrote for themselves is refused', async () => {
    await query('ALTER TABLE statuses ADD COLUMN local_only boolean NOT NULL DEFAULT false');
    await query("INSERT INTO statuses (account_id, text, local_only) VALUES (-99, 'among us', true)");
    await lab.must('rm /var/lib/social.coop/migrated');
    const ran = await lab.apply(facts);
    expect(ran.code, ran.output).toBe(1);
    expect(ran.output).toContain('mastodon would show 1 local-only post(s) to the world');
    await query('DELETE FROM statuses');
    expect((await lab.apply(facts)).code).toBe(0);
  });

  it('whose image holds something else is refused', async () => {
    const { redis } = facts.config.images;
    const ran = await lab.apply(as('mastodon', '4.5.20', { ...facts.config.images, web: redis }));
    expect(ran.code, ran.output).toBe(1);
    expect(ran.output).toMatch(
      /the image holds no migrations in \/opt\/mastodon .*is it an image of mastodon\?/,
    );
  });
});

describe('a key that what is stored was encrypted with', () => {
  const secret = 'of-another-instance-altogether-0';

  it.each([
    ['repositoryCipher', secret],
    ['activeRecordPrimaryKey', secret.replaceAll('-', 'x')],
    ['activeRecordDeterministicKey', secret.replaceAll('-', 'x')],
    ['activeRecordKeyDerivationSalt', secret.replaceAll('-', 'x')],
  ])('is refused by name when it is another, before anything changes: %s', async (name, value) => {
    const before = await starts(lab);
    const { secrets } = facts.config;
    const ran = await lab.apply(changed({ secrets: { ...secrets, [name]: value } }));
    expect(ran.code, ran.output).toBe(1);
    expect(ran.output).toContain(`nothing was changed — secrets.${name}: what is stored was encrypted`);
    expect(ran.output).not.toContain(value);
    expect(await starts(lab)).toEqual(before);
    expect(await lab.must('instance drift')).toBe('nothing was changed by hand\n');
  });

  it('applies as it was', async () => {
    expect((await lab.apply(facts)).code).toBe(0);
  });
});

describe('a broken rendered file', () => {
  const spoiled = (path: string, content: (was: string) => string): HostFile[] =>
    renderHost(facts).map((file) =>
      file.path === path ? { ...file, content: content(file.content) } : file,
    );

  it.each([
    ['/etc/nginx/social.coop/instance.conf', (was: string) => was.replace('try_files', 'tri_files')],
    ['/etc/nginx/social.coop/upstreams.conf', (was: string) => was.replace('}', '')],
    ['/etc/social.coop/firewall/main.nft', (was: string) => was.replace('policy drop', 'policy perhaps')],
    ['/etc/ssh/sshd_config.d/10-social-coop.conf', (was: string) => `${was}PermitRoot maybe\n`],
    ['/etc/sudoers.d/social-coop', () => '%coop-admins ALL=(ALL NOPASSWD\n'],
    ['/etc/docker/daemon.json', (was: string) => was.replace('"bip"', '"bipp"')],
    ['/opt/social.coop/compose.yaml', (was: string) => was.replace('image:', 'imagine:')],
    [
      '/etc/systemd/system/certificate-renew.service',
      (was: string) => was.replace('ExecStart=/opt', 'ExecStart=/nowhere'),
    ],
    [
      '/etc/social.coop/postgres/postgresql.conf',
      (was: string) => was.replace('max_connections', 'max_conections'),
    ],
    ['/etc/apt/apt.conf.d/52social-coop', (was: string) => was.replace('";', '"')],
  ])('%s is refused by name before it replaces the working one', async (path, spoil) => {
    const before = await starts(lab);
    const sum = await lab.must(
      "sha256sum $(awk '{ print $5 }' /var/lib/social.coop/applied/MANIFEST) | sha256sum",
    );
    const ran = await applyFiles(spoiled(path, spoil));
    expect(ran.code, ran.output).toBe(1);
    expect(ran.output).toContain('refused: ');
    expect(ran.output).toContain(path.split('/').at(-1));
    expect(ran.output).toMatch(/nothing was changed/);
    expect(
      await lab.must("sha256sum $(awk '{ print $5 }' /var/lib/social.coop/applied/MANIFEST) | sha256sum"),
    ).toBe(sum);
    expect(await starts(lab)).toEqual(before);
  });

  it('of a timer that would never fire fails the apply', async () => {
    const ran = await applyFiles(
      spoiled('/etc/systemd/system/image-archive.timer', (was) =>
        was.replace(/OnCalendar=.*/, 'OnCalendar=2001-01-01'),
      ),
    );
    expect(ran.code, ran.output).toBe(1);
    expect(ran.output).toContain('image-archive.timer has no next elapse');
    expect((await lab.apply(facts)).code).toBe(0);
  });
});

describe('a file changed by hand', () => {
  const path = '/etc/nginx/social.coop/headers.conf';
  const secret = '/etc/social.coop/redis/redis.conf';

  it('is shown as a diff, and stops the next apply before it changes anything', async () => {
    await lab.must(`echo 'add_header X-Night-Shift yes always;' >> ${path} && systemctl reload nginx`);
    const before = await starts(lab);
    const ran = await lab.apply(changed({ logDays: 5 }));
    expect(ran.code, ran.output).toBe(3);
    expect(ran.output).toContain('+add_header X-Night-Shift yes always;');
    expect(ran.output).toContain(`sudo instance drift keep`);
    expect(await lab.must('cat /etc/systemd/journald.conf.d/social-coop.conf')).toContain(
      'MaxRetentionSec=14day',
    );
    expect(await starts(lab)).toEqual(before);
    expect(await lab.must('instance drift')).toContain('+add_header X-Night-Shift');
    expect(JSON.parse(await lab.must('instance drift --json'))).toEqual([{ path, kept: false }]);
  });

  it('is kept by choice, also at later applies', async () => {
    await lab.must(`instance drift keep ${path}`);
    for (const logDays of [5, 6]) {
      const ran = await lab.apply(changed({ logDays }));
      expect(ran.code, ran.output).toBe(0);
      expect(ran.output).toContain(`kept as it was changed by hand: ${path}`);
      expect(await lab.must(`cat ${path}`)).toContain('X-Night-Shift');
    }
  });

  it('is asked about again when the shipped file changes too', async () => {
    const files = renderHost(facts).map((file) =>
      file.path === path ? { ...file, content: `${file.content}# newer\n` } : file,
    );
    const ran = await applyFiles(files);
    expect(ran.code, ran.output).toBe(3);
    expect(ran.output).toContain('X-Night-Shift');
    await lab.must(`instance drift keep ${path}`);
    expect((await applyFiles(files)).code).toBe(0);
    expect(await lab.must(`cat ${path}`)).toContain('X-Night-Shift');
    expect((await lab.apply(facts)).code).toBe(3);
    await lab.must(`instance drift keep ${path}`);
    expect((await lab.apply(facts)).code).toBe(0);
  });

  it('is reverted by choice, and only what depends on it is reloaded', async () => {
    const before = await starts(lab);
    const said = await lab.must(`instance drift revert ${path}`);
    expect(said).toContain(`${path} is as it was applied`);
    expect(await lab.must(`cat ${path}`)).not.toContain('X-Night-Shift');
    expect(await lab.must(`curl -sI https://${facts.config.domain}/health`)).not.toContain('x-night-shift');
    const after = await starts(lab);
    expect(restarted(before.containers, after.containers)).toEqual([]);
    expect(restarted(before.units, after.units)).toEqual([]);
    expect(await lab.must('instance drift')).toBe('nothing was changed by hand\n');
  });

  it('is noticed when it was removed, or only its mode changed, and a secret one is not shown', async () => {
    await lab.must(
      `rm /opt/social.coop/runbooks/drift.txt && chmod 0666 /etc/motd && echo '# x' >> ${secret}`,
    );
    const ran = await lab.apply(facts);
    expect(ran.code, ran.output).toBe(3);
    expect(ran.output).toContain('/opt/social.coop/runbooks/drift.txt was removed by hand');
    expect(ran.output).toContain('/etc/motd: mode and owner were 0644 0 0, are 0666 0 0');
    expect(ran.output).toContain(`${secret} was changed by hand (secret, not shown)`);
    expect(ran.output).not.toContain(facts.config.secrets.redisPassword);
    for (const file of ['/opt/social.coop/runbooks/drift.txt', '/etc/motd', secret])
      await lab.must(`instance drift revert ${file}`, { seconds: 100 });
    expect((await lab.apply(facts)).code).toBe(0);
  });

  it('is no drift when it is what the next tree ships', async () => {
    const files = renderHost(facts).map((file) =>
      file.path === '/etc/motd' ? { ...file, content: 'by hand first\n' } : file,
    );
    await lab.must(`echo 'by hand first' > /etc/motd`);
    expect((await applyFiles(files)).code).toBe(0);
    expect((await lab.apply(facts)).code).toBe(0);
    expect(await lab.must('cat /etc/motd')).not.toContain('by hand first');
  });

  it('that is no longer shipped is taken away, with its unit', async () => {
    const without = renderHost(facts).filter((file) => !file.path.includes('/image-archive.'));
    expect((await applyFiles(without)).code).toBe(0);
    expect((await lab.ssh('systemctl cat image-archive.timer')).code).not.toBe(0);
    expect((await lab.apply(facts)).code).toBe(0);
    expect(await lab.must('systemctl is-active image-archive.timer')).toBe('active\n');
  });
});
