import { appContainers } from './compose-app.ts';
import type { HostFacts } from './types.ts';

/** nginx's side of the process list: every published port of web and streaming. */
export function nginxUpstreams(facts: HostFacts): string {
  const containers = appContainers(facts).filter(({ port }) => port !== undefined);
  return ['web', 'streaming']
    .map((name) => {
      const servers = containers
        .filter(({ process }) => process.name === name)
        // One that restarts refuses at once, and the next is asked; remembering it as failed would miss its return.
        .map(({ port }) => `  server 127.0.0.1:${port} max_fails=0;\n`);
      return `upstream ${name} {\n  zone ${name} 64k;\n${servers.join('')}}\n`;
    })
    .join('\n');
}

/** Who may look at /health while the maintenance page is up. */
export function nginxOperators({ config }: HostFacts): string {
  const ranges = ['127.0.0.0/8', '::1', ...config.sshFrom].map((range) => `  ${range} 1;\n`);
  return `geo $operator {\n  default 0;\n${ranges.join('')}}\n`;
}

// What other servers ask for: by path, or by asking for an activity in whatever place.
const federationPaths = [
  '/(?:inbox|actor)[/ ]',
  '/users/[^/ ]+/(?:inbox|outbox|followers|following|followers_synchronization|collections/[^/ ]+) ',
  '/\\.well-known/(?:webfinger|host-meta)',
  '/ap/',
  '/api/fasp/',
];

/** `$closed_to_federation`: 1 for requests of other servers while `federation` is `off`; nginx answers those with 503. */
export function nginxFederation({ config }: HostFacts): string {
  const rules =
    config.federation === 'open'
      ? []
      : [
          '  "~^/_unavailable/" 0;',
          ...federationPaths.map((path) => `  "~^${path}" 1;`),
          // Members' browsers and apps never ask for activities.
          '  "~*^\\S+ .*application/activity\\+json" 1;',
          '  "~*^\\S+ .*application/ld\\+json" 1;',
        ];
  return ['map "$uri $http_accept" $closed_to_federation {', '  default 0;', ...rules, '}', ''].join('\n');
}
