import type { Problem } from '../config/types.ts';
import { vapidOf } from './vapid.ts';

/** Pulumi's configuration map: strings, structured values in JSON. */
export type RawConfig = Readonly<Record<string, string>>;

interface Place {
  bucket: string;
  region: string;
}

/** What a copy needs of its source's recovery kit. */
export interface SourceKit {
  format: number;
  /** Stack it was made of. */
  stack: string;
  /** Its raw configuration by `instance:KEY`, secrets in clear. */
  config: RawConfig;
  /** Absent where its backups are no stack's: then they are named elsewhere. */
  buckets?: { media: Place; backups: Place };
}

/** What makes the copy the same instance. Whatever is not named here, now or later, stays with the source. */
const FROM_SOURCE = [
  'domain',
  'contact',
  'app',
  'appVersion',
  'images',
  'caCertificates',
  'environment',
  'database',
  'uploadMb',
  'containerRange',
  'containerRange6',
] as const;

/** Secrets without which the database cannot be read. Nothing that opens a door elsewhere. */
const SECRETS_FROM_SOURCE = [
  'secretKeyBase',
  'activeRecordPrimaryKey',
  'activeRecordDeterministicKey',
  'activeRecordKeyDerivationSalt',
  'databasePassword',
  'databaseAdminPassword',
  'redisPassword',
  'repositoryCipher',
  'environment',
] as const;

/** Secrets by which this stack's own machine is reached, and by which it reaches dumps. */
const OWN_SECRETS = ['hostKey', 'deployKey', 'dumpAccessKey', 'dumpSecretKey'] as const;

/** Other ways to the outside that a variable could name. */
const OUTSIDE = /^(BULK_)?SMTP_|_PROXY$|^CACHE_BUSTER_|^OTEL_/i;

/** The same for every copy, whatever source or stack file say. */
const FORCED = {
  federation: 'off',
  dns: '{"provider":"none"}',
  protect: 'false',
  secondary: '{}',
  repo2: '{}',
  // A name that can never be looked up: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
  mail: '{"host":"nowhere.invalid","port":587,"from":"nobody@nowhere.invalid"}',
  // Its messages would read as the source's, and its pings would hide that the source is silent.
  alerts: '{}',
  translation: '{}',
  registrations: '',
  databaseClients: '{}',
  processes: '{}',
  search: '{"enabled":false}',
} as const;

/** The configuration of a copy: the source's where it is the same instance, forced where it must be silent, its own else. */
export function mergeRestore(own: RawConfig, kit: SourceKit, project: string): RawConfig {
  const key = (name: string) => `${project}:${name}`;
  const source = (name: string) => kit.config[key(name)];
  const merged: Record<string, string> = { ...own };
  const put = (name: string, value: string | undefined) => {
    if (value === undefined) delete merged[key(name)];
    else merged[key(name)] = value;
  };
  for (const name of FROM_SOURCE) put(name, source(name));
  const sshFrom = own[key('sshFrom')];
  if (sshFrom === undefined || sshFrom === '[]') put('sshFrom', source('sshFrom'));
  put(
    'images',
    without(read(source('images')), (name) => name === 'search'),
  );
  put(
    'environment',
    without(read(source('environment')), (name) => OUTSIDE.test(name)),
  );
  const { media, backups } = kit.buckets ?? {};
  put(
    'storage',
    media &&
      backups &&
      JSON.stringify({
        provider: 'spaces',
        region: backups.region,
        media: media.bucket,
        backups: backups.bucket,
      }),
  );
  for (const [name, value] of Object.entries(FORCED)) put(name, value);
  put('secrets', JSON.stringify(secretsOf(read(own[key('secrets')]), read(source('secrets')))));
  return merged;
}

/** Dumps come without a kit: what the old server was stands in the stack's own file, and is silenced all the same. */
export const copyOfDump = (own: RawConfig, project: string, stack: string): RawConfig =>
  mergeRestore(own, { format: 1, stack, config: own }, project);

/** What keeps the two from becoming one, said before they are merged. */
export function mergeProblems(own: RawConfig, kit: SourceKit, project: string, stack: string): Problem[] {
  const domain = own[`${project}:domain`];
  const theirs = kit.config[`${project}:domain`];
  if (kit.format !== 1)
    return [
      {
        key: 'restore.from',
        value: JSON.stringify(kit.stack),
        reason: `left a recovery kit of form ${kit.format}, which this program does not know`,
        remedy: 'use the checkout that the source was brought up with, or a later one',
      },
    ];
  if (kit.stack === stack)
    return [
      {
        key: 'restore.from',
        value: JSON.stringify(stack),
        reason: 'is this stack itself',
        remedy: 'name another: a copy stands beside its source',
      },
    ];
  if (domain && domain !== theirs)
    return [
      {
        key: 'domain',
        value: JSON.stringify(domain),
        reason: `is not ${theirs}, the domain of ${kit.stack}`,
        remedy: 'remove it: the database of an instance works under its own name only',
      },
    ];
  return [];
}

type Values = Record<string, unknown>;

function read(json: string | undefined): Values {
  try {
    return json ? (JSON.parse(json) as Values) : {};
  } catch {
    // What cannot be read is named by parseConfig, with its key.
    return {};
  }
}

function without(values: Values, gone: (name: string) => boolean): string {
  return JSON.stringify(Object.fromEntries(Object.entries(values).filter(([name]) => !gone(name))));
}

function secretsOf(own: Values, source: Values): Values {
  const pick = (from: Values, names: readonly string[]) =>
    Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));
  const { environment } = source;
  return {
    ...pick(source, SECRETS_FROM_SOURCE),
    ...(typeof environment === 'object' && environment !== null
      ? { environment: JSON.parse(without(environment as Values, (name) => OUTSIDE.test(name))) }
      : {}),
    ...pick(own, OWN_SECRETS),
    // Without a key of its own the stack is refused, for that.
    ...(typeof own.deployKey === 'string' ? vapidOf(own.deployKey) : {}),
  };
}
