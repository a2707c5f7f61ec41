import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { baseOf } from '../../../../scripts/lib/rehearse/dump/base.ts';
import { oldServer } from '../../../../scripts/lib/rehearse/dump/env-file.ts';
import { refuseOtherFlags } from '../../../../scripts/lib/rehearse/dump/flags.ts';
import { dumpPlace } from '../../../../scripts/lib/rehearse/dump/place.ts';

const scratch = mkdtempSync(join(tmpdir(), 'coop-dump-place-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(scratch, name), text);
  return join(scratch, name);
};
const env = { AWS_ACCESS_KEY_ID: 'of-the-state', AWS_SECRET_ACCESS_KEY: 'state' };

it('the place of dumps is read from the flags, its key from a file or the environment', () => {
  const fromDump = 's3://social-coop-dumps/pg/nightly';
  expect(dumpPlace({ fromDump }, env)).toEqual({
    ...{ bucket: 'social-coop-dumps', prefix: 'pg/nightly', region: 'us-east-1' },
    ...{ endpoint: 's3.us-east-1.amazonaws.com', accessKey: 'of-the-state', secretKey: 'state' },
  });
  const ours = { ...env, DUMP_ACCESS_KEY_ID: 'reader', DUMP_SECRET_ACCESS_KEY: 'r' };
  expect(dumpPlace({ fromDump: 's3://b-1', endpoint: 'https://nbg1.example.org/' }, ours)).toMatchObject({
    ...{ bucket: 'b-1', prefix: '', endpoint: 'nbg1.example.org', accessKey: 'reader' },
  });
  const keyFile = file('key', '[default]\naws_access_key_id = FILE\naws_secret_access_key = "in/the+file"\n');
  expect(dumpPlace({ fromDump, keyFile }, ours)).toMatchObject({
    accessKey: 'FILE',
    secretKey: 'in/the+file',
  });
});

it.each([
  [{ fromDump: '/var/backups' }, env, /not a place of dumps/],
  [{ fromDump: 's3://dumps', endpoint: 'http://minio:9000' }, env, /cannot be reached.*port 443/],
  [{ fromDump: 's3://dumps', endpoint: 'https://minio.example.org:9000' }, env, /port 443/],
  [{ fromDump: 's3://dumps' }, {}, /no key to the dumps.*DUMP_ACCESS_KEY_ID/],
  [{ fromDump: 's3://dumps', keyFile: '/nowhere' }, env, /cannot read the key/],
])('%j is refused with what to do', (flags, environment, words) => {
  expect(() => dumpPlace(flags, environment)).toThrow(words);
});

it.each([
  [{ fromDump: 's3://dumps', at: new Date() }, /one moment only — --at/],
  [{ fromDump: 's3://dumps', backup: '20261122-010000F' }, /no backup of pgBackRest — --backup/],
  [{ endpoint: 'https://minio.example.org' }, /of no use here — --endpoint/],
])('%j: what belongs to the other kind is refused', (flags, words) => {
  expect(() => refuseOtherFlags(flags)).toThrow(words);
});

const environmentFile = `# made by mastodon:setup
LOCAL_DOMAIN=social.coop
SECRET_KEY_BASE="${'ab'.repeat(64)}"
export ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY='${'p'.repeat(32)}'
ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY=${'d'.repeat(32)} # keep
DB_PASS=hunter2
`;

it("of an old server's file only what the copy needs is taken, and half of it is told from all", () => {
  const half = oldServer(environmentFile);
  expect(half).toEqual({
    secrets: {
      secretKeyBase: 'ab'.repeat(64),
      activeRecordPrimaryKey: 'p'.repeat(32),
      activeRecordDeterministicKey: 'd'.repeat(32),
    },
    domain: 'social.coop',
    complete: false,
  });
  const salt = `ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT=${'s'.repeat(32)}\r\n`;
  expect(oldServer(environmentFile + salt).complete).toBe(true);
});

it('what no dump says comes from a stack file, from the old server and from the flags, the last one counts', () => {
  const images = { web: 'w@sha256:1', redis: 'r@sha256:2' };
  const config = { domain: 'staging.social.coop', appVersion: '4.5.20', images, sshFrom: ['203.0.113.0/28'] };
  file(
    'Pulumi.staging.yaml',
    stringify({
      config: Object.fromEntries(
        Object.entries({
          ...config,
          protect: true,
          primary: { provider: 'digitalocean', region: 'ams3' },
        }).map(([key, value]) => [`instance:${key}`, value]),
      ),
    }),
  );
  const contact = 'nobody@nowhere.invalid';
  expect(baseOf(scratch, 'staging', {})).toEqual({
    config: { ...config, contact },
    old: { secrets: {}, complete: false },
    primary: { provider: 'digitalocean', region: 'ams3' },
  });
  const envFile = file('.env.production', environmentFile);
  expect(baseOf(scratch, 'staging', { envFile, appVersion: '4.4.27' }).config).toEqual({
    ...{ domain: 'social.coop', appVersion: '4.4.27', sshFrom: config.sshFrom, contact },
  });
  expect(() => baseOf(scratch, undefined, { envFile })).toThrow(
    /a dump does not say it.*--app-version.*--ssh-from/,
  );
});
