import { mastodon } from './mastodon.ts';
import type { App } from './types.ts';

/**
 * Hometown, a fork of Mastodon: what stands before the `+` in its version is the Mastodon it is built on, and decides
 * processes, queues and variables. Nobody publishes images of it: `coop images` builds them. https://github.com/hometown-fork/hometown
 */
export const hometown: App = {
  ...mastodon,
  name: 'hometown',
  versions: { pattern: /^\d+\.\d+\.\d+\+hometown-\d+\.\d+\.\d+$/, example: '4.5.11+hometown-1.2.1' },
  officialImages: () => undefined,
  // https://github.com/hometown-fork/hometown/wiki/Custom-max-toot-characters
  environment: (version) => new Set([...mastodon.environment(version), 'MAX_TOOT_CHARS']),
};
