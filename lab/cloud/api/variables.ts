/** Where the lab's clouds answer over HTTP: an address of loopback that nothing else takes. */
export const cloudApi = { host: '127.18.0.1', port: 4180 } as const;

/** The variables by which the providers' own plugins, and whoever does as they do, find their API. */
export const apiVariables = (base = `http://${cloudApi.host}:${cloudApi.port}`): Record<string, string> => ({
  HCLOUD_ENDPOINT: `${base}/hcloud/v1`,
  DIGITALOCEAN_API_URL: `${base}/digitalocean/`,
  SPACES_ENDPOINT_URL: `${base}/spaces/{{.Region}}`,
  CLOUDFLARE_BASE_URL: `${base}/cloudflare/client/v4`,
});
