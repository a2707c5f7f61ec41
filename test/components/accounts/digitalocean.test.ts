import { afterEach, describe, expect, it } from 'vitest';
import { digitalOceanCloud } from '../../../components/accounts/digitalocean.ts';
import { documentedApi, type Given, type Routes } from './documented-api.ts';

// Answers as of https://docs.digitalocean.com/reference/api/digitalocean/ (Account, Droplets, errors) and
// https://docs.digitalocean.com/reference/api/scopes/; nothing here was recorded from the API.

const account: Given = {
  status: 200,
  body: {
    account: {
      droplet_limit: 25,
      floating_ip_limit: 5,
      email: 'sammy@digitalocean.com',
      name: 'Sammy the Shark',
      email_verified: true,
      status: 'active',
      status_message: ' ',
      team: { uuid: '5df3e3004a17e242b7c20ca6c9fc25b701a47ece', name: 'My Team' },
    },
  },
};
const forbidden: Given = {
  status: 403,
  body: { id: 'forbidden', message: 'You do not have access for the attempted action.' },
};
const list = (total = 0): Given => ({ status: 200, body: { meta: { total } } });
const incomplete: Given = { status: 422, body: { id: 'unprocessable_entity', message: 'Name is required' } };
const writes = ['droplets', 'reserved_ips', 'firewalls', 'account/keys', 'projects'].map(
  (path) => `POST /v2/${path}`,
);
const whole: Routes = {
  'GET /v2/account': account,
  'GET /v2/droplets': list(3),
  'GET /v2/reserved_ips': list(5),
  'GET /v2/firewalls': list(),
  'GET /v2/account/keys': list(),
  'GET /v2/projects': list(),
  'GET /v2/spaces/keys': list(),
  ...Object.fromEntries(writes.map((route) => [route, incomplete])),
};

let api: Awaited<ReturnType<typeof documentedApi>>;
afterEach(() => api.close());
async function ocean(routes: Routes) {
  api = await documentedApi({ ...whole, ...routes });
  return digitalOceanCloud({ base: api.base, token: 'dop_v1_x' });
}

describe('a token of DigitalOcean', () => {
  it('that may do everything names its team', async () => {
    const cloud = await ocean({});
    expect(await cloud.whoami()).toEqual({ account: 'My Team', access: 'read-write' });
    // Nothing that could ever be made; a key of Spaces could be made of nothing.
    expect(api.writes().map(({ route, body }) => [route, body])).toEqual(
      writes.map((route) => [route, '{}']),
    );
  });

  it('that may only read', async () => {
    const cloud = await ocean(Object.fromEntries(writes.map((route) => [route, forbidden])));
    expect(await cloud.whoami()).toEqual({ account: 'My Team', access: 'read' });
  });

  it('with custom scopes says which are missing', async () => {
    const cloud = await ocean({
      'GET /v2/account': forbidden,
      'GET /v2/firewalls': forbidden,
      'GET /v2/spaces/keys': forbidden,
    });
    expect(await cloud.whoami()).toEqual({
      account: undefined,
      access: 'read-write',
      missing: ['firewall:read', 'spaces_key:read', 'account:read'],
    });
  });

  it('that may make some things and not others says which', async () => {
    const cloud = await ocean({ 'POST /v2/reserved_ips': forbidden, 'POST /v2/projects': forbidden });
    expect(await cloud.whoami()).toMatchObject({
      access: 'read-write',
      missing: ['reserved_ip:create', 'project:create'],
    });
  });

  it('for an account with buckets only needs no right to make machines', async () => {
    const routes = Object.fromEntries(
      ['droplets', 'reserved_ips', 'firewalls', 'account/keys'].flatMap((path) => [
        [`GET /v2/${path}`, forbidden],
        [`POST /v2/${path}`, forbidden],
      ]),
    );
    const cloud = await ocean(routes);
    expect(await cloud.whoami('buckets')).toEqual({ account: 'My Team', access: 'read-write' });
  });

  it('that is wrong', async () => {
    const refused = { status: 401, body: { id: 'Unauthorized', message: 'Unable to authenticate you' } };
    const cloud = await ocean({ 'GET /v2/account': refused });
    await expect(cloud.whoami()).rejects.toMatchObject({
      status: 401,
      message: 'Unable to authenticate you',
    });
  });

  it('of an account that is locked says so', async () => {
    const locked = { account: { email: 'a@b.c', status: 'locked', status_message: 'payment' } };
    const cloud = await ocean({ 'GET /v2/account': { status: 200, body: locked } });
    expect(await cloud.whoami()).toMatchObject({
      locked: 'the account is locked: payment',
      account: 'a@b.c',
    });
  });

  it('of an account that is warned says so', async () => {
    const warned = { account: { email: 'a@b.c', status: 'warning', status_message: 'late' } };
    const cloud = await ocean({ 'GET /v2/account': { status: 200, body: warned } });
    expect(await cloud.whoami()).toMatchObject({
      remark: 'the account is warning: late',
      access: 'read-write',
    });
  });

  it('of another team does not see the Droplet', async () => {
    const cloud = await ocean({ 'GET /v2/droplets/1': { status: 200, body: { droplet: { id: 1 } } } });
    expect(await cloud.sees('server', '1')).toBe(true);
    expect(await cloud.sees('server', '2')).toBe(false);
  });

  it('of another team holds neither the Droplet nor its key', async () => {
    const cloud = await ocean({
      'GET /v2/droplets': ({ url = '' }) => {
        const found = url.includes('primary.social.coop') ? [{ id: 1, name: 'primary.social.coop' }] : [];
        return { status: 200, body: { droplets: found } };
      },
      'GET /v2/account/keys': {
        status: 200,
        body: { ssh_keys: [{ id: 1, name: 'primary.town.social.coop' }] },
      },
    });
    expect(await cloud.holds('primary.social.coop')).toBe(true);
    expect(await cloud.holds('primary.town.social.coop')).toBe(true);
    expect(await cloud.holds('primary.alpha.social.coop')).toBe(false);
  });
});

describe('limits of DigitalOcean', () => {
  const machines = ['primary.social.coop', 'secondary.social.coop'];
  const droplets =
    (...names: string[]) =>
    ({ url = '' }: { url?: string | undefined }): Given => {
      const wanted = new URL(url, 'http://x').searchParams.get('name');
      const found = names.filter((name) => wanted === null || name === wanted);
      return { status: 200, body: { droplets: found.map((name) => ({ id: 1, name })), meta: { total: 3 } } };
    };
  const addresses = (total: number, ...names: (string | null)[]): Given => ({
    status: 200,
    body: {
      reserved_ips: names.map((name) => ({
        ip: '192.0.2.1',
        droplet: name === null ? null : { id: 1, name },
      })),
      meta: { total },
    },
  });
  const wanted = async (routes: Routes) => {
    const found = await (await ocean(routes)).quotas(machines);
    return Object.fromEntries(found.map((quota) => [quota.what, quota]));
  };

  it('are told with what is used, and what the machines need', async () => {
    const found = await wanted({ 'GET /v2/droplets': droplets(), 'GET /v2/reserved_ips': addresses(0) });
    expect(found).toEqual({
      Droplets: { what: 'Droplets', limit: 25, used: 3, wanted: 2 },
      'reserved addresses': { what: 'reserved addresses', limit: 5, used: 0, wanted: 2 },
    });
  });

  it('a machine that is there needs no room, nor does its address', async () => {
    const found = await wanted({
      'GET /v2/droplets': droplets('Primary.social.coop'.toLowerCase()),
      'GET /v2/reserved_ips': addresses(1, 'Primary.social.coop'),
    });
    expect(found.Droplets?.wanted).toBe(1);
    expect(found['reserved addresses']?.wanted).toBe(1);
  });

  it('an address without a machine is what a run left that ended half-way', async () => {
    const found = await wanted({
      'GET /v2/droplets': droplets(),
      'GET /v2/reserved_ips': addresses(3, 'other.example', null, null),
    });
    expect(found['reserved addresses']?.wanted).toBe(0);
  });

  it('are not judged by a page that does not hold all addresses', async () => {
    const found = await wanted({
      'GET /v2/droplets': droplets(),
      'GET /v2/reserved_ips': addresses(201, 'other.example'),
    });
    expect(found['reserved addresses']?.wanted).toBe(0);
  });

  it('are not told to a token that may not read the account', async () => {
    const cloud = await ocean({ 'GET /v2/account': forbidden, 'GET /v2/droplets': droplets() });
    await expect(cloud.quotas(machines)).rejects.toMatchObject({ name: 'Refusal', status: 403 });
  });
});
