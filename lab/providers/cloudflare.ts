import { cloudProvider, type Verb } from './lib/cloud-provider.ts';
import { bridged } from './lib/dialects.ts';
import type { PackageRules } from './lib/rules.ts';
import rules from './rules/cloudflare.json' with { type: 'json' };

const methods: Record<Verb, string> = {
  creating: 'POST',
  reading: 'GET',
  updating: 'PUT',
  deleting: 'DELETE',
};
const statusText: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  504: 'Gateway Timeout',
};

/** Cloudflare's names as the published Pulumi package describes them, on the lab's cloud. */
export const cloudflare = cloudProvider({
  rules: rules as unknown as PackageRules,
  dialect: bridged,
  autonamed: [],
  unordered: () => false,
  settings: { apiToken: 'CLOUDFLARE_API_TOKEN' },
  token: () => process.env.CLOUDFLARE_API_TOKEN,
  explain: (verb, _type, { status, body }) => {
    const code = String(body.code ?? '');
    const [number, message] =
      code === 'no_token'
        ? [9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers']
        : code === 'unauthorized'
          ? [10000, 'Authentication error']
          : [Number(code) || 0, body.message];
    const at = status === 401 ? 403 : status;
    const detail = JSON.stringify({
      success: false,
      errors: [{ code: number, message }],
      messages: [],
      result: null,
    });
    const url = 'https://api.cloudflare.com/client/v4/zones/dns_records';
    return `failed to make http request: ${methods[verb]} "${url}": ${at} ${statusText[at] ?? ''} ${detail}`;
  },
});
