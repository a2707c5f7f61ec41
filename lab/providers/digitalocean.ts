import { cloudProvider, type Verb } from './lib/cloud-provider.ts';
import { bridged } from './lib/dialects.ts';
import type { PackageRules } from './lib/rules.ts';
import rules from './rules/digitalocean.json' with { type: 'json' };

// What the provider calls each type in its errors, and where the API has it.
const api: Record<string, [noun: string, path: string]> = {
  Droplet: ['droplet', 'droplets'],
  Firewall: ['firewall', 'firewalls'],
  Project: ['Project', 'projects'],
  ProjectResources: ['project resources', 'projects/resources'],
  ReservedIp: ['reserved IP', 'reserved_ips'],
  ReservedIpAssignment: ['reserved IP assignment', 'reserved_ips/actions'],
  SpacesKey: ['Spaces key', 'spaces/keys'],
  SshKey: ['SSH Key', 'account/keys'],
};
const methods: Record<Verb, string> = {
  creating: 'POST',
  reading: 'GET',
  updating: 'PUT',
  deleting: 'DELETE',
};
const isSpaces = (type: string) => type.startsWith('SpacesBucket');

/** DigitalOcean as the published Pulumi package describes it, on the lab's cloud. */
export const digitalocean = cloudProvider({
  rules: rules as unknown as PackageRules,
  dialect: bridged,
  autonamed: ['Droplet', 'Firewall', 'Project', 'SpacesBucket', 'SpacesKey', 'SshKey', 'Volume', 'Vpc'],
  // The API has sets of addresses, keys, tags and rules; only these two are ordered.
  unordered: (type) => !/SpacesBucket/.test(type),
  secretOutputs: { SpacesKey: ['secretKey'] },
  settings: {
    token: 'DIGITALOCEAN_TOKEN',
    spacesAccessId: 'SPACES_ACCESS_KEY_ID',
    spacesSecretKey: 'SPACES_SECRET_ACCESS_KEY',
  },
  token: (type) => {
    const { SPACES_ACCESS_KEY_ID: id, SPACES_SECRET_ACCESS_KEY: secret } = process.env;
    if (isSpaces(type)) return id && secret ? `spaces:${id}:${secret}` : undefined;
    return process.env.DIGITALOCEAN_TOKEN || process.env.DIGITALOCEAN_ACCESS_TOKEN;
  },
  // https://www.pulumi.com/registry/packages/digitalocean/api-docs/spacesbucket/#import
  importId: (type, asked) => (type === 'SpacesBucket' ? (asked.split(',').at(-1) ?? asked) : asked),
  explain: (verb, type, { status, requestId, body }) => {
    const [message, code] = [String(body.message ?? ''), String(body.code ?? '')];
    if (isSpaces(type)) {
      if (code === 'no_token') return `Error ${verb} bucket: Spaces credentials not configured`;
      const what = code === 'unauthorized' ? 'InvalidAccessKeyId' : code;
      const at = code === 'unauthorized' ? 403 : status;
      return `Error ${verb} Spaces bucket: ${what}: ${message}\n\tstatus code: ${at}, request id: ${requestId}, host id: `;
    }
    const [noun, path] = api[type] ?? [type, type];
    // A request that was accepted, but did not end in time.
    if (code === 'timeout') return `Error waiting for ${noun} to become ready: ${message}`;
    const words = code === 'no_token' ? 'Unable to authenticate you' : message;
    return `Error ${verb} ${noun}: ${methods[verb]} https://api.digitalocean.com/v2/${path}: ${status} (request "${requestId}") ${words}`;
  },
});
