import { afterEach, describe, expect, it } from 'vitest';
import { hetznerCloud } from '../../../components/accounts/hetzner.ts';
import { documentedApi, type Given, type Routes } from './documented-api.ts';

// Answers as of https://docs.hetzner.cloud/reference/cloud#errors and #servers; nothing here was recorded from the API.

const error = (status: number, code: string, message: string): Given => ({
  status,
  body: { error: { code, message, details: null } },
});
const servers: Given = { status: 200, body: { servers: [], meta: { pagination: { total_entries: 0 } } } };

let api: Awaited<ReturnType<typeof documentedApi>>;
afterEach(() => api.close());
async function hetzner(routes: Routes) {
  api = await documentedApi(routes);
  return hetznerCloud({ base: `${api.base}/v1`, token: 'token-of-64-characters' });
}

describe('a token of Hetzner', () => {
  it('that may write is told by what is refused first: the empty key, not the token', async () => {
    const cloud = await hetzner({
      'GET /v1/servers': servers,
      'POST /v1/ssh_keys': error(422, 'invalid_input', "invalid input in fields 'name', 'public_key'"),
    });
    expect(await cloud.whoami()).toEqual({ access: 'read-write' });
    // Nothing that could ever be made.
    expect(api.writes()).toEqual([
      { route: 'POST /v1/ssh_keys', token: 'Bearer token-of-64-characters', body: '{}' },
    ]);
  });

  it('that may only read', async () => {
    const cloud = await hetzner({
      'GET /v1/servers': servers,
      'POST /v1/ssh_keys': error(403, 'token_readonly', 'token is only allowed to perform GET requests'),
    });
    expect(await cloud.whoami()).toEqual({ access: 'read' });
  });

  it('that is wrong', async () => {
    const refused = error(401, 'unauthorized', 'the token you provided is invalid');
    const cloud = await hetzner({ 'GET /v1/servers': refused, 'POST /v1/ssh_keys': refused });
    await expect(cloud.whoami()).rejects.toMatchObject({
      name: 'Refusal',
      status: 401,
      code: 'unauthorized',
      message: 'the token you provided is invalid',
    });
  });

  it('of another project does not see the server', async () => {
    const cloud = await hetzner({
      'GET /v1/servers/42': { status: 200, body: { server: { id: 42 } } },
      'GET /v1/servers/43': error(404, 'not_found', "server with ID '43' not found"),
      'GET /v1/firewalls/7': error(503, 'unavailable', 'try again'),
    });
    expect(await cloud.sees('server', '42')).toBe(true);
    expect(await cloud.sees('server', '43')).toBe(false);
    await expect(cloud.sees('firewall', '7')).rejects.toMatchObject({ name: 'Silence' });
  });

  it('of another project holds neither the server nor its key', async () => {
    const cloud = await hetzner({
      'GET /v1/servers': ({ url = '' }) => {
        const name = new URL(url, 'http://x').searchParams.get('name');
        return { status: 200, body: { servers: name === 'primary.social.coop' ? [{ id: 1, name }] : [] } };
      },
      'GET /v1/ssh_keys': {
        status: 200,
        body: { ssh_keys: [{ id: 1, name: 'primary.town.social.coop-0a1b2c3d' }] },
      },
    });
    expect(await cloud.holds('primary.social.coop')).toBe(true);
    // Its server was deleted by hand, and it is the right project all the same.
    expect(await cloud.holds('primary.town.social.coop')).toBe(true);
    expect(await cloud.holds('primary.alpha.social.coop')).toBe(false);
  });

  it('is not judged when nobody answers', async () => {
    const nobody = hetznerCloud({ base: 'http://127.0.0.1:9', token: 't' });
    await expect(nobody.whoami()).rejects.toMatchObject({ name: 'Silence' });
  });

  it.each([429, 500, 503])('is not judged by an API that answers %i', async (status) => {
    const busy = error(status, 'service_error', 'try again');
    const cloud = await hetzner({ 'GET /v1/servers': servers, 'POST /v1/ssh_keys': busy });
    await expect(cloud.whoami()).rejects.toMatchObject({
      name: 'Silence',
      message: `${new URL(api.base).host} answers ${status}`,
    });
  });

  it('that has reached a limit of its project is no token that may only read', async () => {
    const cloud = await hetzner({
      'GET /v1/servers': servers,
      'POST /v1/ssh_keys': error(403, 'resource_limit_exceeded', 'ssh key limit exceeded'),
    });
    expect(await cloud.whoami()).toEqual({ access: 'unknown' });
  });

  it('tells no limits: the API has none', async () => {
    expect(await (await hetzner({})).quotas(['primary.social.coop'])).toEqual([]);
    expect(api.asked).toEqual([]);
  });
});
