import { afterEach, describe, expect, it } from 'vitest';
import { cloudflareNames } from '../../../components/accounts/cloudflare.ts';
import { documentedApi, type Given, type Routes } from './documented-api.ts';

// Answers as of https://developers.cloudflare.com/fundamentals/api/troubleshooting/ (verify) and
// https://developers.cloudflare.com/api/resources/dns/subresources/records/; nothing here was recorded from the API.

const zoneId = '023e105f4ecef8ad9ca31a8372d0c353';
const good = (result: unknown): Given => ({ status: 200, body: { success: true, errors: [], result } });
const bad = (status: number, code: number, message: string): Given => ({
  status,
  body: { success: false, errors: [{ code, message }], result: null },
});
const whole: Routes = {
  'GET /client/v4/user/tokens/verify': good({ id: 'f267e341f3dd4697bd3b9f71dd96247f', status: 'active' }),
  'GET /client/v4/zones': good([]),
  [`GET /client/v4/zones/${zoneId}`]: good({
    id: zoneId,
    name: 'social.coop',
    account: { id: 'a', name: 'Social Coop' },
  }),
  [`POST /client/v4/zones/${zoneId}/dns_records`]: bad(400, 1004, 'DNS Validation Error'),
};

let api: Awaited<ReturnType<typeof documentedApi>>;
afterEach(() => api.close());
async function cloudflare(routes: Routes) {
  api = await documentedApi({ ...whole, ...routes });
  return cloudflareNames({ base: `${api.base}/client/v4`, token: 'cf' });
}

describe('a token of Cloudflare', () => {
  it('that may edit the zone', async () => {
    expect(await (await cloudflare({})).whoami(zoneId)).toEqual({ access: 'read-write' });
    expect(api.writes().map(({ body }) => body)).toEqual(['{}']);
  });

  it('that may only read it', async () => {
    const refused = bad(403, 10000, 'Authentication error');
    const names = await cloudflare({ [`POST /client/v4/zones/${zoneId}/dns_records`]: refused });
    expect(await names.whoami(zoneId)).toEqual({ access: 'read' });
  });

  it('of another account: of a zone that it does not see nothing is told', async () => {
    const names = await cloudflare({
      [`GET /client/v4/zones/${zoneId}`]: bad(403, 9109, 'Unauthorized to access requested resource'),
      [`POST /client/v4/zones/${zoneId}/dns_records`]: bad(403, 10000, 'Authentication error'),
    });
    expect(await names.whoami(zoneId)).toEqual({ access: 'unknown' });
    expect(await names.zone(zoneId)).toBeUndefined();
  });

  it('is asked each question once', async () => {
    const names = await cloudflare({});
    await Promise.all([names.whoami(zoneId), names.zone(zoneId)]);
    expect(api.asked.map(({ route }) => route).sort()).toEqual([
      'GET /client/v4/user/tokens/verify',
      `GET /client/v4/zones/${zoneId}`,
      `POST /client/v4/zones/${zoneId}/dns_records`,
    ]);
  });

  it('that will expire says when', async () => {
    const verified = good({ status: 'active', expires_on: '2027-01-01T00:00:00Z' });
    const names = await cloudflare({ 'GET /client/v4/user/tokens/verify': verified });
    expect(await names.whoami(zoneId)).toMatchObject({ remark: 'expires 2027-01-01' });
  });

  it('that an account owns is no user’s, and good all the same', async () => {
    const names = await cloudflare({
      'GET /client/v4/user/tokens/verify': bad(401, 1000, 'Invalid API Token'),
    });
    expect(await names.whoami(zoneId)).toEqual({ access: 'read-write' });
  });

  it('that is wrong', async () => {
    const refused = bad(401, 1000, 'Invalid API Token');
    const names = await cloudflare({
      'GET /client/v4/user/tokens/verify': refused,
      'GET /client/v4/zones': refused,
      [`GET /client/v4/zones/${zoneId}`]: refused,
      [`POST /client/v4/zones/${zoneId}/dns_records`]: refused,
    });
    await expect(names.whoami(zoneId)).rejects.toMatchObject({
      status: 401,
      code: '1000',
      message: 'Invalid API Token',
    });
  });
});

describe('a zone at Cloudflare', () => {
  it('is named with its account; one of another account is not seen', async () => {
    const names = await cloudflare({});
    expect(await names.zone(zoneId)).toEqual({ name: 'social.coop', account: 'Social Coop' });
    expect(await names.zone('f'.repeat(32))).toBeUndefined();
  });

  it('is read name by name', async () => {
    const path = `GET /client/v4/zones/${zoneId}/dns_records`;
    const names = await cloudflare({
      [path]: (request) => {
        const name = new URL(request.url ?? '', 'http://x').searchParams.get('name');
        return good([{ id: `id-${name}`, type: 'A', name, content: '192.0.2.7', ttl: 1, proxied: false }]);
      },
    });
    expect(await names.records(zoneId, ['social.coop', '_dmarc.social.coop'])).toEqual([
      { id: 'id-social.coop', type: 'A', name: 'social.coop', content: '192.0.2.7' },
      { id: 'id-_dmarc.social.coop', type: 'A', name: '_dmarc.social.coop', content: '192.0.2.7' },
    ]);
  });
});
