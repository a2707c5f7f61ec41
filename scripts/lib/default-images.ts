import { apps, parseVersion } from '../../components/apps/index.ts';

/** Official images of an app version, for a stack file that names none; all others are our own (`coop images`). */
export function defaultImages(config: { app?: unknown; appVersion?: unknown }): Record<string, string> {
  const { app = 'mastodon', appVersion = '4.5.20' } = config;
  const version = parseVersion(String(appVersion));
  const known = Object.values(apps).find(({ name }) => name === app);
  return {
    ...(version && known?.versions.pattern.test(version.text) ? known.officialImages(version) : {}),
    redis: 'docker.io/library/redis:7.4-bookworm',
  };
}
