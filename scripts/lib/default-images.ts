/** Official images of an app version, for a stack file that names none; the database's is our own (`coop images`). */
export function defaultImages(appVersion: unknown): Record<string, string> {
  const version = typeof appVersion === 'string' ? appVersion : '4.5.20';
  return {
    web: `ghcr.io/mastodon/mastodon:v${version}`,
    streaming: `ghcr.io/mastodon/mastodon-streaming:v${version}`,
    redis: 'docker.io/library/redis:7.4-bookworm',
  };
}
