import { describe, expect, it } from 'vitest';
import { kitText, makeKit } from '../../../components/recovery/kit.ts';
import { readKit } from '../../../components/recovery/read-kit.ts';
import { engineConfig } from '../../fixtures/stack.ts';
import { completed, configOf } from '../support/config.ts';

const file = completed('prod');
const raw: Record<string, string> = { ...engineConfig(file), 'digitalocean:token': 'not-ours' };
const bucket = (name: string) => ({
  bucket: name,
  region: 'fra1',
  endpoint: 'fra1.digitaloceanspaces.com',
  accessKey: 'KEY',
  secretKey: 'SECRET',
});
const given = {
  project: 'instance',
  stack: 'prod',
  raw,
  config: configOf(file),
  media: bucket('m'),
  backups: bucket('b'),
};
const kit = makeKit(given);
const secretsIn = (from = kit) =>
  JSON.parse(from.config['instance:secrets'] ?? '{}') as Record<string, string>;

describe('makeKit', () => {
  it('holds every secret that data was made with, in clear', () => {
    const { hostKey, secondaryHostKey, deployKey, ...others } = file.secrets as Record<string, string>;
    expect([hostKey, secondaryHostKey, deployKey].every(Boolean)).toBe(true);
    expect(secretsIn()).toEqual(others);
    expect(kit.config['instance:domain']).toBe(file.domain);
    expect(JSON.parse(kit.config['instance:primary'] ?? '')).toEqual(file.primary);
  });

  it('holds no SSH key, nothing of other namespaces and no key to a bucket', () => {
    expect(kitText(kit)).not.toMatch(/OPENSSH|not-ours|SECRET|hostPublicKey|deployPublicKey/);
    expect(kit.buckets.backups).toEqual({
      bucket: 'b',
      region: 'fra1',
      endpoint: 'fra1.digitaloceanspaces.com',
    });
  });

  it('is the same for the same configuration, in whatever order it comes', () => {
    const secrets = Object.entries(JSON.parse(raw['instance:secrets'] ?? '{}') as object).reverse();
    const shuffled = {
      ...Object.fromEntries(Object.entries(raw).reverse()),
      'instance:secrets': JSON.stringify(Object.fromEntries(secrets)),
    };
    expect(kitText(makeKit({ ...given, raw: shuffled }))).toBe(kitText(kit));
  });

  it('does not change when only a protection is lifted, or an SSH key is rotated', () => {
    const other = {
      'instance:protect': 'false',
      'instance:expires': '2030-01-01',
      'instance:rotated': '{"x":1}',
    };
    expect(kitText(makeKit({ ...given, raw: { ...raw, ...other } }))).toBe(kitText(kit));
  });

  it('leaves empty defaults out, and keeps what only looks empty', () => {
    const more = { 'instance:caCertificates': '', 'instance:environment': '{}', 'instance:logDays': '0' };
    const { config } = makeKit({ ...given, raw: { ...raw, ...more } });
    expect(config).not.toHaveProperty(['instance:caCertificates']);
    expect(config).not.toHaveProperty(['instance:environment']);
    expect(config['instance:logDays']).toBe('0');
  });

  it('says where the machines answered, and is read without that as well', () => {
    const known = makeKit({ ...given, addresses: ['192.0.2.7', undefined, '', '2001:db8::7'] });
    expect(known.addresses).toEqual(['192.0.2.7', '2001:db8::7']);
    expect(readKit(kitText(known), 'here')).toEqual(known);
    expect(readKit(kitText(kit), 'here')).toEqual(kit);
    expect(kit).not.toHaveProperty('addresses');
  });

  it('is another one when a secret is', () => {
    const secrets = { ...(file.secrets as object), redisPassword: 'another-password-of-redis' };
    const changed = { ...raw, 'instance:secrets': JSON.stringify(secrets) };
    expect(kitText(makeKit({ ...given, raw: changed }))).not.toBe(kitText(kit));
  });
});
