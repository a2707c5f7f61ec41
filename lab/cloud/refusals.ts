import { ApiError } from './api-error.ts';

/** What every provider refuses alike, in its own words. */
interface Refusals {
  unauthorized(): ApiError;
  readOnly(): ApiError;
  limit(type: string): ApiError;
  'rate-limit'(): ApiError;
  'out-of-stock'(): ApiError;
  'server-error'(): ApiError;
}

const digitalocean: Refusals = {
  unauthorized: () => new ApiError(401, 'Unable to authenticate you', 'unauthorized'),
  readOnly: () => new ApiError(403, 'You do not have access for the attempted action.', 'forbidden'),
  limit: (type) =>
    new ApiError(
      422,
      type === 'Droplet'
        ? 'creating this/these droplet(s) will exceed your droplet limit'
        : `You have reached your ${type} limit.`,
      'unprocessable_entity',
    ),
  'rate-limit': () => new ApiError(429, 'Too many requests', 'too_many_requests'),
  'out-of-stock': () => new ApiError(422, 'Size is not available in this region.', 'unprocessable_entity'),
  'server-error': () => new ApiError(500, 'Server Error', 'server_error'),
};

const cloudflare: Refusals = {
  ...digitalocean,
  // Says no more to a token that may only read than to one nobody knows.
  readOnly: () => new ApiError(403, 'Authentication error', '10000'),
  limit: () => new ApiError(400, 'Record quota exceeded.', '81045'),
};

/** https://docs.hetzner.cloud/reference/cloud#errors */
const hcloud: Refusals = {
  unauthorized: () => new ApiError(401, 'unable to authenticate', 'unauthorized'),
  readOnly: () => new ApiError(403, 'the token is only allowed to perform GET requests', 'token_readonly'),
  limit: (type) =>
    new ApiError(
      403,
      `${type === 'PrimaryIp' ? 'Primary IP' : type.toLowerCase()} limit exceeded`,
      'resource_limit_exceeded',
    ),
  'rate-limit': () => new ApiError(429, 'limit of 3600 requests per hour reached', 'rate_limit_exceeded'),
  'out-of-stock': () => new ApiError(412, 'error during placement', 'resource_unavailable'),
  'server-error': () => new ApiError(503, 'service error', 'service_error'),
};

const all: Record<string, Refusals> = { digitalocean, cloudflare, hcloud };

export const refusalsOf = (provider: string): Refusals => all[provider] ?? digitalocean;
