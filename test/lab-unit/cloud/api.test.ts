import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clients } from '../../../components/accounts/clients.ts';
import { readSettings } from '../../../components/accounts/settings.ts';
import { cloud as client } from '../../../lab/cloud/client.ts';
import {
  alice,
  bob,
  dropletInputs,
  hilde,
  names,
  serverInputs,
  type TestCloud,
  testCloud,
  zone,
} from './support.ts';

// The program's own clients ask: what they read in the providers' documentation, the lab has to answer.

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await testCloud();
  process.env.LAB_CLOUD = cloud.socket;
});
afterEach(async () => {
  delete process.env.LAB_CLOUD;
  await cloud.stop();
});

const whole = {
  HCLOUD_TOKEN: hilde.token,
  DIGITALOCEAN_TOKEN: alice.token,
  SPACES_ACCESS_KEY_ID: 'ALICE',
  SPACES_SECRET_ACCESS_KEY: 'secret-of-alice',
  CLOUDFLARE_API_TOKEN: names.token,
};
const ask = (env: NodeJS.ProcessEnv = {}) =>
  clients(readSettings({ ...whole, ...cloud.api, ...env }), 'fra1');
const wrong = 'x'.repeat(64);

describe('the lab’s clouds over HTTP', () => {
  it('say whose a token is and that it may write; nothing is made', async () => {
    const { hetzner, digitalocean, spaces, cloudflare } = ask();
    expect(await hetzner.whoami()).toEqual({ access: 'read-write' });
    expect(await digitalocean.whoami()).toEqual({ account: 'alice', access: 'read-write' });
    expect(await spaces.whoami()).toEqual({ account: 'alice', access: 'read-write' });
    expect(await cloudflare.whoami(zone.id)).toEqual({ access: 'read-write' });
    expect(await cloudflare.zone(zone.id)).toEqual({ name: zone.name, account: 'names' });
    expect(cloud.store.state.objects).toEqual([]);
  });

  it('refuse a token that is wrong, in each provider’s words', async () => {
    const { hetzner, digitalocean, cloudflare } = ask({
      HCLOUD_TOKEN: wrong,
      DIGITALOCEAN_TOKEN: wrong,
      CLOUDFLARE_API_TOKEN: wrong,
    });
    await expect(hetzner.whoami()).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
    await expect(digitalocean.whoami()).rejects.toMatchObject({ message: 'Unable to authenticate you' });
    await expect(cloudflare.whoami(zone.id)).rejects.toMatchObject({ status: 401, code: '1000' });
    const refused = async (id: string, secret: string) =>
      ask({ SPACES_ACCESS_KEY_ID: id, SPACES_SECRET_ACCESS_KEY: secret })
        .spaces.whoami()
        .catch(({ code }) => code);
    expect(await refused('NOBODY', 'secret-of-alice')).toBe('InvalidAccessKeyId');
    expect(await refused('ALICE', 'secret-of-bob')).toBe('SignatureDoesNotMatch');
  });

  it('tell a token that may only read', async () => {
    await client.putAccount({ ...alice, readToken: 'alice-looks' });
    await client.putAccount({ ...names, readToken: 'names-looks' });
    const { hetzner, digitalocean, cloudflare } = ask({
      HCLOUD_TOKEN: hilde.readToken,
      DIGITALOCEAN_TOKEN: 'alice-looks',
      CLOUDFLARE_API_TOKEN: 'names-looks',
    });
    expect(await hetzner.whoami()).toEqual({ access: 'read' });
    expect(await digitalocean.whoami()).toEqual({ account: 'alice', access: 'read' });
    expect(await digitalocean.whoami('buckets')).toEqual({ account: 'alice', access: 'read' });
    expect(await cloudflare.whoami(zone.id)).toEqual({ access: 'read' });
  });

  it('tell nothing of another account’s zone, server or Droplet', async () => {
    await client.putAccount({ ...names, name: 'others', token: 'others', zones: [] });
    const droplet = await cloud.make('Droplet', dropletInputs());
    const server = await cloud.make('Server', serverInputs(), hilde);
    const other = ask({ DIGITALOCEAN_TOKEN: bob.token, CLOUDFLARE_API_TOKEN: 'others' });
    expect(await other.cloudflare.zone(zone.id)).toBeUndefined();
    expect(await other.cloudflare.whoami(zone.id)).toEqual({ access: 'unknown' });
    expect(await other.digitalocean.sees('server', droplet.id)).toBe(false);
    expect(await ask().digitalocean.sees('server', droplet.id)).toBe(true);
    expect(await ask().hetzner.sees('server', server.id)).toBe(true);
    expect(await ask().hetzner.sees('firewall', '1')).toBe(false);
  });

  it('take a key of Spaces with full access only', async () => {
    await cloud.make('SpacesBucket', { name: 'media', region: 'fra1' });
    const key = (permission: string, bucket: string) =>
      cloud.make('SpacesKey', { name: 'k', grants: [{ bucket, permission }] });
    const whoami = async ({ id, outputs }: Awaited<ReturnType<typeof key>>) =>
      ask({ SPACES_ACCESS_KEY_ID: id, SPACES_SECRET_ACCESS_KEY: String(outputs.secretKey) }).spaces.whoami();
    expect(await whoami(await key('readwrite', 'media'))).toMatchObject({ missing: [/full access/] });
    expect(await whoami(await key('fullaccess', ''))).toMatchObject({ access: 'read-write' });
  });

  it('tell limits, and what of a half-made stack is there', async () => {
    await client.putAccount({ ...alice, limits: { Droplet: 2, ReservedIp: 1 } });
    const quotas = async () =>
      Object.fromEntries(
        (await ask().digitalocean.quotas(['primary', 'secondary'])).map((each) => [each.what, each]),
      );
    const address = await cloud.make('ReservedIp', { region: 'fra1' });
    expect(await quotas()).toMatchObject({
      Droplets: { limit: 2, used: 0, wanted: 2 },
      'reserved addresses': { limit: 1, used: 1, wanted: 1 },
    });
    const { id } = await cloud.make('Droplet', dropletInputs());
    await cloud.make('ReservedIpAssignment', { ipAddress: address.id, dropletId: Number(id) });
    expect(await quotas()).toMatchObject({
      Droplets: { used: 1, wanted: 1 },
      'reserved addresses': { used: 1, wanted: 1 },
    });
  });

  it('show the records of a name, as the real ones write them', async () => {
    const record = (inputs: object) =>
      cloud.make('DnsRecord', { zoneId: zone.id, ttl: 300, ...inputs }, names);
    await record({ name: 'social.coop', type: 'A', content: '192.0.2.7' });
    await record({ name: 'other.social.coop', type: 'A', content: '192.0.2.8' });
    await record({ name: 'social.coop', type: 'CAA', data: { flags: 0, tag: 'issue', value: 'ca.example' } });
    const found = await ask().cloudflare.records(zone.id, ['social.coop']);
    expect(found.map(({ type, content }) => `${type} ${content}`).sort()).toEqual([
      'A 192.0.2.7',
      'CAA 0 issue "ca.example"',
    ]);
  });

  it('fail when a test says so: that is no answer', async () => {
    for (const provider of ['hcloud', 'digitalocean', 'cloudflare'])
      await client.fault({ provider, type: 'Account', op: 'read', kind: 'server-error', times: 100 });
    const { hetzner, digitalocean, cloudflare } = ask();
    for (const work of [hetzner.whoami(), digitalocean.whoami(), cloudflare.whoami(zone.id)])
      await expect(work).rejects.toMatchObject({ name: 'Silence' });
  });

  it('make nothing, whatever is asked', async () => {
    const post = async (path: string, token: string, body: object) => {
      const response = await fetch(path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      await response.text();
      return response.status;
    };
    const { HCLOUD_ENDPOINT, DIGITALOCEAN_API_URL } = cloud.api;
    expect(await post(`${HCLOUD_ENDPOINT}/ssh_keys`, hilde.token, { name: 'k', public_key: 'x' })).toBe(422);
    expect(await post(`${DIGITALOCEAN_API_URL}v2/droplets`, alice.token, dropletInputs())).toBe(422);
    expect(await post(`${DIGITALOCEAN_API_URL}v2/no-such-thing`, alice.token, {})).toBe(404);
    expect(cloud.store.state.objects).toEqual([]);
  });
});
