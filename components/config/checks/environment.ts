import { type App, apps, parseVersion, since } from '../../apps/index.ts';
import { ownVariables } from '../../host/app-environment.ts';
import { join } from '../explain.ts';
import { nearest } from '../nearest.ts';
import type { Loose, Problem, StackConfig } from '../types.ts';

/** Further variables must be read by the app, set by nobody else, and be where their kind belongs. */
export function checkEnvironment(config: Loose<StackConfig>): Problem[] {
  const { app, appVersion, environment, secrets } = config;
  if (!app) return [];
  const own = config.search?.enabled ? OWN.withSearch : OWN.alone;
  const [plain, secret] = [Object.keys(environment ?? {}), Object.keys(secrets?.environment ?? {})];
  const version = appVersion ? parseVersion(appVersion) : undefined;
  const read = version && since(version, ...apps[app].oldest) ? apps[app].environment(version) : undefined;
  const named = [
    ...plain.map((name) => ({ name, key: join(['environment', name]) })),
    ...secret.map((name) => ({ name, key: join(['secrets', 'environment', name]) })),
  ];
  return [
    ...named.flatMap((each) => checkName(each, own, read, `${app} ${version?.text}`)),
    ...plain.flatMap((name) => (own.has(name) ? [] : checkPlace(name, apps[app], secret))),
  ];
}

function checkName(
  { name, key }: { name: string; key: string },
  own: ReadonlySet<string>,
  read: ReadonlySet<string> | undefined,
  who: string,
): Problem[] {
  if (own.has(name)) {
    const remedy = 'remove it, and change the key it follows';
    return [{ key, reason: 'is set from other keys of the stack file', remedy }];
  }
  if (!read || read.has(name)) return [];
  const meant = nearest(name, [...read]);
  const remedy = meant
    ? `did you mean ${meant}?`
    : 'remove it, or write it as the documentation of this version does';
  return [{ key, reason: `is not read by ${who}`, remedy }];
}

/** Under `environment` a value is plain text: in the stack file, in its history and in `docker inspect`. */
function checkPlace(name: string, app: App, secret: string[]): Problem[] {
  const key = join(['environment', name]);
  if (app.secretEnvironment.has(name)) {
    const remedy = `move it: \`pulumi config set --secret --path secrets.environment.${name}\``;
    return [{ key, reason: 'holds a secret in plain text', remedy }];
  }
  if (!secret.includes(name)) return [];
  return [{ key, reason: 'is in secrets.environment too', remedy: 'remove one of both' }];
}

/** Facts that lead to every variable the program ever sets: only the names count. */
const examples = (enabled: boolean) =>
  (['deepl', 'libretranslate'] as const).map((provider) => {
    const bucket = { bucket: 'x', region: 'x', endpoint: 'x', accessKey: 'x', secretKey: 'x' };
    const names = [...Object.values(apps).flatMap((app) => Object.keys(app.secrets)), 'translationKey'];
    const config = {
      domain: 'x',
      app: 'mastodon',
      mail: { host: 'x', port: 465, user: 'x', from: 'x', replyTo: 'x' },
      translation: { provider, plan: 'x', endpoint: 'x' },
      search: { enabled },
      containerRange: '198.19.0.0/16',
      containerRange6: 'fd00:5c::/48',
      environment: {},
      secrets: Object.fromEntries(names.map((name) => [name, 'x'])),
    } as unknown as StackConfig;
    const machine = { name: 'x', address: 'x', role: 'primary' as const };
    return { stack: 'x', config, machine, media: bucket, backups: bucket };
  });

/** An Elasticsearch of somebody else's may be named in the environment while ours does not run. */
const OWN = {
  alone: new Set(examples(false).flatMap(ownVariables)),
  withSearch: new Set(examples(true).flatMap(ownVariables)),
};
