import { afterEach, describe, expect, it } from 'vitest';
import { digitalOceanCloud } from '../../../../scripts/doctor/clouds/digitalocean.ts';
import { documentedApi, type Given, type Routes } from '../documented-api.ts';

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
const whole: Routes = {
  'GET /v2/account': account,
  'GET /v2/droplets': list(3),
  'GET /v2/reserved_ips': list(5),
  'GET /v2/firewalls': list(),
  'GET /v2/account/keys': list(),
  'GET /v2/projects': list(),
  'GET /v2/spaces/keys': list(),
  'POST /v2/droplets': {
    status: 422,
    body: { id: 'unprocessable_entity', message: 'Name is required' },
  },
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
    expect(api.writes().map(({ route, body }) => [route, body])).toEqual([['POST /v2/droplets', '{}']]);
  });

  it('that may only read', async () => {
    expect(await (await ocean({ 'POST /v2/droplets': forbidden })).whoami()).toMatchObject({
      access: 'read',
    });
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
      remark: 'the account is locked: payment',
      account: 'a@b.c',
    });
  });

  it('tells the limits of the account', async () => {
    expect(await (await ocean({})).quotas()).toEqual([
      { what: 'Droplets', limit: 25, used: 3 },
      { what: 'reserved addresses', limit: 5, used: 5 },
    ]);
  });

  it('of another team does not see the Droplet', async () => {
    const cloud = await ocean({ 'GET /v2/droplets/1': { status: 200, body: { droplet: { id: 1 } } } });
    expect(await cloud.sees('server', '1')).toBe(true);
    expect(await cloud.sees('server', '2')).toBe(false);
  });
});
