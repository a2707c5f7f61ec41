import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appEnvironment } from '../../components/host/app-environment.ts';
import type { HostFacts } from '../../components/host/render.ts';
import { labFetch } from '../../lab/client.ts';
import { labDir } from '../../lab/paths.ts';
import { openSshPair } from '../fixtures/facts.ts';
import { hostile } from '../host/checkers.ts';
import { describeAlerts } from './support/alerts.ts';
import { ApplyLab } from './support/apply-lab.ts';
import { red } from './support/apply-observe.ts';
import { describeBackups } from './support/backups.ts';
import { describeHousekeeping } from './support/housekeeping.ts';
import { describeNight } from './support/night.ts';
import { describeRecoveryKit } from './support/recovery-kit.ts';
import { run } from './support/run.ts';
import { describeSecondRepository } from './support/second-repository.ts';

const carol = openSshPair('carol@train');
let lab: ApplyLab;
let facts: HostFacts;
let site: string;

beforeAll(async () => {
  lab = await ApplyLab.converged('host.social.coop', {
    config: {
      federation: 'open',
      admins: { carol: [carol.publicKey] },
      environment: hostile,
      retention: { mediaDays: 7, profileDays: 3, previewCardDays: 14, statusDays: 30 },
    },
  });
  facts = lab.facts;
  site = `https://${facts.config.domain}`;
});
afterAll(() => lab?.stop());

const changed = (config: Partial<HostFacts['config']>) => lab.changed(config);

describe('the app’s variables', () => {
  it('arrive in its containers exactly as configured, whatever is in them', async () => {
    const { plain, secret } = appEnvironment(facts);
    for (const [values, command] of [
      [plain, 'docker exec instance-web-1'],
      [secret, 'instance run'],
    ] as const) {
      const printed = await lab.must(`${command} env -0`);
      const read = Object.fromEntries(
        printed
          .split('\0')
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
      expect(read).toMatchObject(values);
    }
  });

  it('show no secret where Docker or the process list shows them', async () => {
    const shown = await lab.must(
      'docker inspect $(docker ps --all --quiet); ps -eo args; cat /opt/social.coop/compose.yaml',
    );
    for (const [name, value] of Object.entries(appEnvironment(facts).secret))
      expect(shown.includes(value), name).toBe(false);
    expect(shown).toContain(facts.media.bucket);
  });
});

describe('the media proxy', () => {
  const key = 'media_attachments/files/000/000/001/original/naïve name+1.png';
  const url = () => `${site}/system/${key.split('/').map(encodeURIComponent).join('/')}`;

  it('serves an object once from the bucket and then from its cache, and lets nothing in it run', async () => {
    const { endpoint, bucket, accessKey, secretKey } = facts.media;
    const object = `https://${endpoint}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
    await lab.must(
      `printf 'a picture' > /dev/shm/picture && curl --silent --show-error --fail-with-body --aws-sigv4 aws:amz:fra1:s3 --config - -H 'x-amz-acl: public-read' -H 'Cache-Control: public, max-age=315576000' --upload-file /dev/shm/picture '${object}'`,
      { input: `user = "${accessKey}:${secretKey}"\n` },
    );
    const first = await labFetch(url(), { headers: { cookie: 'session=1', authorization: 'Bearer x' } });
    expect(first.status).toBe(200);
    expect(await first.text()).toBe('a picture');
    expect(first.headers.get('x-cache-status')).toBe('MISS');
    expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(first.headers.get('x-content-type-options')).toBe('nosniff');
    expect(first.headers.get('set-cookie')).toBeNull();
    const second = await labFetch(`${url()}?acl`);
    expect(second.headers.get('x-cache-status')).toBe('HIT');
    expect(await second.text()).toBe('a picture');
  });

  it('only reads, and lists nothing', async () => {
    for (const method of ['PUT', 'POST', 'DELETE'])
      expect((await labFetch(url(), { method, body: '' })).status).toBe(403);
    const listing = await labFetch(`${site}/system/?list-type=2`);
    expect(listing.status).toBeGreaterThanOrEqual(400);
    expect(await listing.text()).not.toContain('original');
  });
});

describe('admins', () => {
  const login = async (line: string) => {
    const file = join(labDir, 'carol-key');
    writeFileSync(file, carol.privateKey, { mode: 0o600 });
    return run(
      [
        'ssh',
        '-i',
        file,
        '-o',
        'IdentitiesOnly=yes',
        '-o',
        'BatchMode=yes',
        '-o',
        'StrictHostKeyChecking=no',
        '-o',
        'UserKnownHostsFile=/dev/null',
        '-o',
        'LogLevel=ERROR',
        `carol@${lab.address}`,
        line,
      ],
      { seconds: 20 },
    );
  };

  it('log in by their own key, see the motd’s program work, and are root by sudo', async () => {
    const ran = await login('id -un; sudo -n instance maintenance status');
    expect(ran.output).toBe('carol\nmaintenance is off\n');
  });

  it('cannot forward, nor let themselves in by a key of their own making', async () => {
    expect(
      await lab.must(
        'sshd -T -C user=carol,host=x,addr=198.18.0.1 | grep -E "^(disableforwarding|passwordauthentication|authorizedkeysfile)"',
      ),
    ).toBe(
      'passwordauthentication no\ndisableforwarding yes\nauthorizedkeysfile /etc/ssh/authorized_keys.d/%u\n',
    );
  });

  it('lose account, sudo and key at once when they are no longer named', async () => {
    expect((await lab.apply(changed({ admins: {} }))).code).toBe(0);
    expect((await login('true')).code).toBe(255);
    expect(await lab.must('getent group coop-admins; ls /etc/ssh/authorized_keys.d')).toMatch(
      /coop-admins:x:\d+:\nroot\n/,
    );
    expect((await lab.apply(facts)).code).toBe(0);
    expect((await login('true')).code).toBe(0);
  });
});

describeNight(() => lab);
describeSecondRepository(() => ({ lab, facts }));
describeBackups(() => lab);
describeHousekeeping(() => lab);
describeRecoveryKit(() => ({ lab, facts }));

describeAlerts(() => lab);

describe('the machine', () => {
  it('keeps a copy of every image beside the backups', async () => {
    await lab.must('systemctl start image-archive.service', { seconds: 170 });
    const listed = await lab.must(
      `rclone --config /etc/social.coop/rclone.conf lsf backups:${facts.backups.bucket}/images/`,
    );
    const digests = Object.values(facts.config.images).map(
      (image) => `sha256-${image.split('sha256:')[1]}.tar.zst`,
    );
    expect(
      listed
        .trim()
        .split('\n')
        .filter((name) => !name.endsWith('/'))
        .sort(),
    ).toEqual([...new Set(digests)].sort());
  });

  it('lists no rule of pg_hba.conf that the database did not understand, and reads every option of pgBackRest’s', async () => {
    expect(
      await lab.must("instance psql -At -c 'SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL'"),
    ).toBe('0\n');
    expect(
      (await lab.ssh('docker exec instance-db-1 pgbackrest --stanza=instance info 2>&1')).output,
    ).not.toMatch(/WARN|invalid/);
  });

  it('comes back from a reboot by itself, and has nothing to apply', async () => {
    const booted = async () => (await lab.ssh('ps -o lstart= -p 1')).stdout.trim();
    const before = await booted();
    await lab.ssh('systemctl reboot');
    await expect.poll(booted, { timeout: 60_000, interval: 500 }).not.toMatch(new RegExp(`^(${before})?$`));
    await expect
      .poll(async () => (await labFetch(`${site}/api/v1/instance`).catch(() => undefined))?.status, {
        timeout: 90_000,
        interval: 1000,
      })
      .toBe(200);
    await expect
      .poll(async () => red(JSON.parse((await lab.ssh('instance status --json')).stdout || '{}')), {
        timeout: 60_000,
        interval: 2000,
      })
      .toEqual([]);
    expect(await lab.must('nft list table inet social_coop')).toContain('policy drop');
    const ran = await lab.apply(facts);
    expect(ran.code, ran.output).toBe(0);
    expect(ran.output).not.toContain('installed');
  });
});
