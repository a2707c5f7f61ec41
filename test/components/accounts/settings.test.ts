import { describe, expect, it } from 'vitest';
import { clients } from '../../../components/accounts/clients.ts';
import { readSettings } from '../../../components/accounts/settings.ts';
import { documentedApi } from './documented-api.ts';

describe('settings of the accounts', () => {
  it('are the real APIs, and no token, where nothing is set', () => {
    expect(readSettings({})).toEqual({
      hetzner: { token: '', base: 'https://api.hetzner.cloud/v1' },
      digitalocean: { token: '', base: 'https://api.digitalocean.com' },
      spaces: { accessKey: '', secretKey: '', base: 'https://{{.Region}}.digitaloceanspaces.com' },
      cloudflare: { token: '', base: 'https://api.cloudflare.com/client/v4' },
    });
  });

  it('are read where the plugins read them: configuration before environment, a slash more or less', () => {
    const env = {
      HCLOUD_TOKEN: 'env',
      HCLOUD_ENDPOINT: 'http://h/v1/',
      DIGITALOCEAN_ACCESS_TOKEN: 'old name',
      DIGITALOCEAN_API_URL: 'http://d/',
      SPACES_ACCESS_KEY_ID: 'id',
      SPACES_SECRET_ACCESS_KEY: 'secret',
      SPACES_ENDPOINT_URL: 'http://{{.Region}}.s',
      CLOUDFLARE_API_TOKEN: 'cf',
      CLOUDFLARE_BASE_URL: 'http://c/client/v4',
    };
    expect(readSettings(env, { 'hcloud:token': 'config', 'instance:domain': 'social.coop' })).toEqual({
      hetzner: { token: 'config', base: 'http://h/v1' },
      digitalocean: { token: 'old name', base: 'http://d' },
      spaces: { accessKey: 'id', secretKey: 'secret', base: 'http://{{.Region}}.s' },
      cloudflare: { token: 'cf', base: 'http://c/client/v4' },
    });
  });

  it('lead each client to its API, and Spaces’ to the region', async () => {
    const api = await documentedApi({});
    const env = {
      HCLOUD_ENDPOINT: `${api.base}/h/v1`,
      DIGITALOCEAN_API_URL: `${api.base}/d`,
      SPACES_ENDPOINT_URL: `${api.base}/s/{{.Region}}`,
      CLOUDFLARE_BASE_URL: `${api.base}/c/v4`,
    };
    const { hetzner, digitalocean, spaces, cloudflare } = clients(readSettings(env), 'ams3');
    await Promise.allSettled([
      hetzner.whoami(),
      digitalocean.whoami(),
      spaces.whoami(),
      cloudflare.zone('z'),
    ]);
    await api.close();
    const asked = api.asked.map(({ route }) => route);
    expect(asked).toEqual(
      expect.arrayContaining(['GET /h/v1/servers', 'GET /d/v2/account', 'GET /s/ams3/', 'GET /c/v4/zones/z']),
    );
  });
});
