import { expect, test } from 'vitest';
import { readEnv } from '../../../../lab/standin/src/core/env.ts';
import { generateVapidPair } from '../../../../lab/standin/src/crypto/vapid.ts';

const vapid = generateVapidPair();
const complete: Record<string, string> = {
  LOCAL_DOMAIN: 'Staging.Example',
  SECRET_KEY_BASE: 'k'.repeat(64),
  VAPID_PRIVATE_KEY: vapid.privateKey,
  VAPID_PUBLIC_KEY: vapid.publicKey,
  ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: 'a'.repeat(32),
  ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: 'b'.repeat(32),
  ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: 'c'.repeat(32),
  DB_HOST: 'db',
  REDIS_HOST: 'redis',
};

test('everything that is missing is named at once', () => {
  const problem = (() => {
    try {
      readEnv({ S3_ENABLED: 'true' });
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  })();
  for (const name of [...Object.keys(complete), 'S3_BUCKET', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    expect(problem).toContain(name);
});

test.each(Object.keys(complete))('without %s nothing starts', (name) => {
  expect(() => readEnv({ ...complete, [name]: '' })).toThrow(name);
});

test('a complete environment has the defaults of Mastodon', () => {
  const env = readEnv(complete);
  expect(env).toMatchObject({
    localDomain: 'staging.example',
    webDomain: 'staging.example',
    db: { host: 'db', port: 5432, name: 'mastodon_production', user: 'mastodon' },
    redis: { port: 6379, db: 0 },
    web: { port: 3000, threads: 5, workers: 2 },
    speed: 1,
  });
  expect(env.s3).toBeUndefined();
  expect(env.smtp).toBeUndefined();
});

test.each([
  ['VAPID_PUBLIC_KEY', generateVapidPair().publicKey, /do not belong together/],
  ['SECRET_KEY_BASE', 'short', /shorter than 30/],
  ['REDIS_NAMESPACE', 'old', /no longer supported/],
  ['DB_PORT', 'five', /DB_PORT must be a number/],
  ['RAILS_ENV', 'development', /RAILS_ENV must be production/],
  ['MASTODON_STANDIN_VERSION', 'latest', /not a version/],
])('%s=%s is refused', (name, value, reason) => {
  expect(() => readEnv({ ...complete, [name]: value })).toThrow(reason);
});

test('S3 with an endpoint is addressed by path, and media by the alias host', () => {
  const s3 = {
    S3_ENABLED: 'true',
    S3_BUCKET: 'media',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    S3_REGION: 'fra1',
  };
  const spaces = readEnv({
    ...complete,
    ...s3,
    S3_ENDPOINT: 'https://fra1.example.com/',
    S3_HOSTNAME: 'fra1.example.com',
    S3_ALIAS_HOST: 'files.example',
  }).s3;
  expect(spaces).toMatchObject({
    endpoint: 'https://fra1.example.com',
    pathStyle: true,
    aliasHost: 'files.example',
    permission: 'public-read',
  });
  expect(
    readEnv({
      ...complete,
      ...s3,
      S3_ENDPOINT: 'https://e',
      S3_OVERRIDE_PATH_STYLE: 'true',
      S3_PERMISSION: '',
    }).s3,
  ).toMatchObject({ pathStyle: false, permission: '' });
  expect(readEnv({ ...complete, ...s3 }).s3).toMatchObject({
    endpoint: 'https://s3-fra1.amazonaws.com',
    pathStyle: false,
  });
});
