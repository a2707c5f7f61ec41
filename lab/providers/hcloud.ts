import { cloudProvider } from './lib/cloud-provider.ts';
import { bridged } from './lib/dialects.ts';
import type { PackageRules } from './lib/rules.ts';
import rules from './rules/hcloud.json' with { type: 'json' };

// A token is 64 characters; the provider refuses another length in a preview already, before it asks anybody.
const length = 64;
const missing = 'missing required field hcloud:config:token (or HCLOUD_TOKEN)';

/** Hetzner Cloud as the published Pulumi package describes it, on the lab's cloud. */
export const hcloud = cloudProvider({
  rules: rules as unknown as PackageRules,
  dialect: bridged,
  autonamed: [
    'Firewall',
    'FloatingIp',
    'Network',
    'PlacementGroup',
    'PrimaryIp',
    'Server',
    'SshKey',
    'Volume',
  ],
  // Rules, addresses and attachments are sets; keys are a list.
  unordered: (_type, input) => input !== 'sshKeys',
  settings: { token: 'HCLOUD_TOKEN' },
  token: () => process.env.HCLOUD_TOKEN,
  refuse: () => {
    const { HCLOUD_TOKEN: token } = process.env;
    if (!token) return missing;
    if (token.length !== length)
      return `entered token is invalid (must be exactly ${length} characters long)`;
    return undefined;
  },
  explain: (_verb, _type, { requestId, body }) => {
    const [message, code] = [String(body.message ?? ''), String(body.code ?? '')];
    if (code === 'no_token') return missing;
    // Not Hetzner's words: something of the lab itself went wrong.
    if (!code) return `1 error occurred:\n\t* ${message}`;
    if (code === 'timeout') return `1 error occurred:\n\t* context deadline exceeded: ${message}`;
    return `1 error occurred:\n\t* ${message} (${code}, ${requestId.replaceAll('-', '').slice(0, 16)})`;
  },
});
