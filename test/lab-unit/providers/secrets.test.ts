import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloud as client } from '../../../lab/cloud/client.ts';
import { cloudflare } from '../../../lab/providers/cloudflare.ts';
import { digitalocean } from '../../../lab/providers/digitalocean.ts';
import { hcloud } from '../../../lab/providers/hcloud.ts';
import { hasSecret, isSecret, plain, secret } from '../../../lab/providers/lib/wire.ts';
import {
  alice,
  dropletInputs,
  hilde,
  names,
  publicKey,
  serverInputs,
  type TestCloud,
  testCloud,
  zone,
} from '../cloud/support.ts';

const log = () => {};
const subject = (type: string) => ({ type, name: 'it', urn: `urn:pulumi:s::p::${type}::it` });
const droplet = subject('digitalocean:index/droplet:Droplet');
const key = subject('digitalocean:index/spacesKey:SpacesKey');
const bucket = subject('digitalocean:index/spacesBucket:SpacesBucket');
const server = subject('hcloud:index/server:Server');
const record = subject('cloudflare:index/dnsRecord:DnsRecord');

const environment = { ...process.env };
let cloud: TestCloud;
beforeEach(async () => {
  cloud = await testCloud();
  Object.assign(process.env, {
    LAB_CLOUD: cloud.socket,
    DIGITALOCEAN_TOKEN: alice.token,
    SPACES_ACCESS_KEY_ID: alice.spaces?.accessKey,
    SPACES_SECRET_ACCESS_KEY: alice.spaces?.secretKey,
    CLOUDFLARE_API_TOKEN: names.token,
    HCLOUD_TOKEN: hilde.token,
  });
});
afterEach(() => cloud.stop());
afterAll(() => {
  process.env = environment;
});

describe('a secret input', () => {
  const inputs = dropletInputs({ userData: secret('#cloud-config with a key'), tags: [secret('t')] });

  it('stays wrapped in check, create, read and update, and reaches the cloud as it is', async () => {
    const checked = digitalocean.check(droplet, {}, inputs).inputs;
    expect(isSecret(checked.userData)).toBe(true);
    const { id, outputs } = await digitalocean.create(droplet, checked, log);
    expect(cloud.seen.machines.get(`do-${id}`)?.spec.userData).toBe('#cloud-config with a key');
    const read = await digitalocean.read(droplet, id, checked, outputs);
    const updated = await digitalocean.update(droplet, id, outputs, { ...checked, backups: true }, log, [
      'backups',
    ]);
    for (const properties of [outputs, read?.inputs, read?.outputs, updated]) {
      expect(isSecret(properties?.userData)).toBe(true);
      expect(hasSecret(properties?.tags)).toBe(true);
      expect(plain(properties?.userData)).toBe('#cloud-config with a key');
      expect(isSecret(properties?.name)).toBe(false);
    }
  });

  it('stays wrapped at Hetzner too', async () => {
    const given = serverInputs({ userData: secret('#cloud-config with a key') });
    const { id, outputs } = await hcloud.create(server, hcloud.check(server, {}, given).inputs, log);
    expect(cloud.seen.machines.get(`hz-${id}`)?.spec.userData).toBe('#cloud-config with a key');
    const read = await hcloud.read(server, id, given, outputs);
    const updated = await hcloud.update(server, id, outputs, { ...given, labels: { a: 'b' } }, log, []);
    for (const properties of [outputs, read?.inputs, read?.outputs, updated]) {
      expect(isSecret(properties?.userData)).toBe(true);
      expect(isSecret(properties?.name)).toBe(false);
    }
  });

  it('stays wrapped when the create ends half-way', async () => {
    await client.fault({
      provider: 'digitalocean',
      type: 'Droplet',
      op: 'create',
      kind: 'timeout-after',
      times: 1,
    });
    const failure = await digitalocean.create(droplet, inputs, log).catch((error) => error);
    expect(failure).toMatchObject({ name: 'PartialFailure', id: '400000001' });
    expect(isSecret(failure.properties.userData)).toBe(true);
    expect(failure.properties.ipv4Address).toBe('198.18.1.10');
  });
});

it("a key's secret half is a secret though no input is", async () => {
  await digitalocean.create(bucket, { name: 'coop-media', region: 'fra1' }, log);
  const inputs = { name: 'k', grants: [{ bucket: 'coop-media', permission: 'read' }] };
  const { id, outputs } = await digitalocean.create(key, inputs, log);
  const read = await digitalocean.read(key, id, inputs, {});
  for (const properties of [outputs, read?.outputs]) {
    expect(isSecret(properties?.secretKey)).toBe(true);
    expect(isSecret(properties?.accessKey)).toBe(false);
  }
});

describe('drift', () => {
  it('shows in the inputs the program set, and nowhere else', async () => {
    const inputs = dropletInputs();
    const { id, outputs } = await digitalocean.create(droplet, inputs, log);
    await client.update('digitalocean', 'Droplet', id, { ...inputs, name: 'renamed', backups: true });
    const read = await digitalocean.read(droplet, id, inputs, outputs);
    expect(read?.inputs).toEqual({ ...inputs, name: 'renamed' });
    expect(digitalocean.diff(droplet, read?.inputs ?? {}, inputs).changed).toEqual({ name: 'update' });
  });

  it('of something deleted by hand is its absence, and deleting it again is no error', async () => {
    const { id, outputs } = await digitalocean.create(droplet, dropletInputs(), log);
    await client.remove('digitalocean', 'Droplet', id);
    expect(await digitalocean.read(droplet, id, dropletInputs(), outputs)).toBeUndefined();
    await digitalocean.remove(droplet, id, outputs, log);
  });

  it('an import takes every input there is', async () => {
    const { id } = await digitalocean.create(droplet, dropletInputs(), log);
    expect((await digitalocean.read(droplet, id, {}, {}))?.inputs).toEqual(dropletInputs());
  });
});

describe('an API that refuses', () => {
  const create = () => digitalocean.create(droplet, dropletInputs(), log);

  it('is told in the words of the provider, without the inputs', async () => {
    const url = String.raw`POST https://api\.digitalocean\.com/v2/droplets`;
    await client.fault({
      provider: 'digitalocean',
      type: 'Droplet',
      op: 'create',
      kind: 'out-of-stock',
      times: 1,
    });
    await expect(create()).rejects.toThrow(
      new RegExp(`^Error creating droplet: ${url}: 422 \\(request "[0-9a-f-]{36}"\\) Size is not available`),
    );
    process.env.DIGITALOCEAN_TOKEN = '';
    await expect(create()).rejects.toThrow(/401 \(request ".*"\) Unable to authenticate you$/);
    process.env.DIGITALOCEAN_TOKEN = 'wrong';
    await expect(create()).rejects.toThrow(/Unable to authenticate you$/);
  });

  it('speaks S3 where it is S3', async () => {
    const make = () => digitalocean.create(bucket, { name: 'coop-media', region: 'fra1' }, log);
    await make();
    await expect(make()).rejects.toThrow(
      /^Error creating Spaces bucket: BucketAlreadyExists: \n\tstatus code: 409/,
    );
    process.env.SPACES_ACCESS_KEY_ID = 'WRONG';
    await expect(make()).rejects.toThrow(/InvalidAccessKeyId/);
    process.env.SPACES_ACCESS_KEY_ID = '';
    await expect(make()).rejects.toThrow('Error creating bucket: Spaces credentials not configured');
  });

  it('speaks Cloudflare where it is Cloudflare', async () => {
    const inputs = { zoneId: zone.id, name: 'staging', type: 'A', ttl: 1, content: '198.18.2.1' };
    await expect(cloudflare.create(record, inputs, log)).rejects.toThrow(/400 Bad Request .*"code":9000/);
    process.env.CLOUDFLARE_API_TOKEN = 'wrong';
    await expect(cloudflare.create(record, inputs, log)).rejects.toThrow(
      /403 Forbidden .*Authentication error/,
    );
    process.env.CLOUDFLARE_API_TOKEN = '';
    await expect(cloudflare.create(record, inputs, log)).rejects.toThrow(/Missing X-Auth-Key/);
  });

  it('speaks Hetzner’s language where it is Hetzner', async () => {
    const make = (extra = {}) => hcloud.create(server, serverInputs(extra), log);
    const of = (message: string, code: string) => new RegExp(`\\* ${message} \\(${code}, [0-9a-f]{16}\\)$`);
    await expect(make({ location: 'ash', serverType: 'cx33' })).rejects.toThrow(
      of('unsupported location for server type', 'invalid_input'),
    );
    const guarded = { deleteProtection: true, rebuildProtection: true };
    const { id } = await make(guarded);
    await expect(hcloud.remove(server, id, {}, log)).rejects.toThrow(
      of('server deletion is protected', 'protected'),
    );
    process.env.HCLOUD_TOKEN = hilde.readToken;
    await expect(make()).rejects.toThrow(
      of('the token is only allowed to perform GET requests', 'token_readonly'),
    );
    process.env.HCLOUD_TOKEN = 'x'.repeat(64);
    await expect(make()).rejects.toThrow(of('unable to authenticate', 'unauthorized'));
    process.env.HCLOUD_TOKEN = 'short';
    expect(() => hcloud.configure?.({})).toThrow('must be exactly 64 characters long');
    process.env.HCLOUD_TOKEN = '';
    expect(() => hcloud.configure?.({})).toThrow('missing required field hcloud:config:token');
    hcloud.configure?.({ token: hilde.token });
    expect((await make({ name: 'other' })).id).toMatch(/^1/);
  });

  it('a cloud that is not there is named with its remedy', async () => {
    process.env.LAB_CLOUD = '/nowhere/cloud.sock';
    await expect(create()).rejects.toThrow(
      /does not answer \(ENOENT\) — \/nowhere\/cloud.sock — `coop lab up`/,
    );
    delete process.env.LAB_CLOUD;
    await expect(create()).rejects.toThrow(/LAB_CLOUD is not set/);
  });

  it('a key that is in use is refused', async () => {
    const sshKey = subject('digitalocean:index/sshKey:SshKey');
    await digitalocean.create(sshKey, { name: 'k', publicKey }, log);
    await expect(digitalocean.create(sshKey, { name: 'l', publicKey }, log)).rejects.toThrow(
      /^Error creating SSH Key: .*422 .*SSH Key is already in use on your account$/,
    );
  });
});
