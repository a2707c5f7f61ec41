/** How each account is reached: whose token, and where its API is. */
export interface Settings {
  hetzner: { token: string; base: string };
  digitalocean: { token: string; base: string };
  spaces: { accessKey: string; secretKey: string; base: string };
  cloudflare: { token: string; base: string };
}

type Values = Record<string, string | undefined>;

/**
 * Reads them where the providers' own plugins do, so that whoever is asked is whoever acts: the stack's configuration
 * (`hcloud:token`) before the environment, and the addresses by the variables that the plugins honour
 * (https://www.pulumi.com/registry/packages/hcloud/installation-configuration/, …/digitalocean/…, …/cloudflare/…).
 */
export function readSettings(env: Values, config: Values = {}): Settings {
  const first = (...given: (string | undefined)[]) => given.find(Boolean) ?? '';
  const address = (...given: (string | undefined)[]) => first(...given).replace(/\/+$/, '');
  return {
    hetzner: {
      token: first(config['hcloud:token'], env.HCLOUD_TOKEN),
      base: address(config['hcloud:endpoint'], env.HCLOUD_ENDPOINT, 'https://api.hetzner.cloud/v1'),
    },
    digitalocean: {
      token: first(config['digitalocean:token'], env.DIGITALOCEAN_TOKEN, env.DIGITALOCEAN_ACCESS_TOKEN),
      base: address(
        config['digitalocean:apiEndpoint'],
        env.DIGITALOCEAN_API_URL,
        'https://api.digitalocean.com',
      ),
    },
    spaces: {
      accessKey: first(config['digitalocean:spacesAccessId'], env.SPACES_ACCESS_KEY_ID),
      secretKey: first(config['digitalocean:spacesSecretKey'], env.SPACES_SECRET_ACCESS_KEY),
      // A template, as the plugin has it: a region's buckets are at an address of their own.
      base: address(
        config['digitalocean:spacesEndpoint'],
        env.SPACES_ENDPOINT_URL,
        'https://{{.Region}}.digitaloceanspaces.com',
      ),
    },
    cloudflare: {
      token: first(config['cloudflare:apiToken'], env.CLOUDFLARE_API_TOKEN),
      base: address(
        config['cloudflare:baseUrl'],
        env.CLOUDFLARE_BASE_URL,
        'https://api.cloudflare.com/client/v4',
      ),
    },
  };
}
