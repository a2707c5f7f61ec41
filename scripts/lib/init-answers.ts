import { existsSync, readFileSync } from 'node:fs';
import { parsePublicKey } from '../../components/config/keys.ts';
import { VisibleError } from '../../components/errors.ts';
import { spacesRegions } from '../../components/storage/spaces-regions.ts';

/** What `coop init` takes as options. */
export interface InitFlags {
  domain?: string;
  contact?: string;
  appVersion?: string;
  federation?: string;
  app?: string;
  provider?: string;
  region?: string;
  size?: string;
  host?: string;
  /** SSH host key of an existing host. */
  hostKey?: string;
  secondaryHostKey?: string;
  /** `PROVIDER/REGION/SIZE`, or `existing/HOST`. */
  secondary?: string;
  storageRegion?: string;
  protect?: boolean;
  expires?: string;
  dns?: string;
  zone?: string;
  zoneId?: string;
  sshFrom?: string[];
  admin?: string[];
  mailHost?: string;
  mailPort?: string;
  mailUser?: string;
  mailFrom?: string;
  set?: string[];
}

type Config = Record<string, unknown>;

/** Plain config from the options; `config` is what the stack file says already, so that a list grows instead of being replaced. */
export function answersFrom(flags: InitFlags, config: Config): Config {
  const answers: Config = {};
  for (const entry of flags.set ?? []) setPath(answers, ...split(entry, '--set', 'KEY=VALUE'));
  const put = (path: string, value: unknown) => {
    if (value !== undefined) setPath(answers, path, value);
  };
  const plain = [
    'domain',
    'contact',
    'app',
    'appVersion',
    'federation',
    'sshFrom',
    'protect',
    'expires',
  ] as const;
  for (const key of plain) put(key, flags[key]);
  machines(flags, config, put);
  if (flags.zone || flags.zoneId) put('dns.provider', 'cloudflare');
  put('dns.provider', flags.dns);
  put('dns.zone', flags.zone);
  put('dns.zoneId', flags.zoneId);
  put('mail.host', flags.mailHost);
  put('mail.port', flags.mailPort === undefined ? undefined : Number(flags.mailPort));
  put('mail.user', flags.mailUser);
  put('mail.from', flags.mailFrom);
  const known = { ...((config.admins ?? {}) as Record<string, string[]>) };
  for (const entry of flags.admin ?? []) {
    const [name, key] = split(entry, '--admin', 'NAME=FILE, or NAME="ssh-ed25519 …"');
    known[name] = [...new Set([...(known[name] ?? []), readKey(String(key))])];
    put('admins', known);
  }
  return answers;
}

/** Who runs the machines, and the buckets beside them. */
function machines(flags: InitFlags, config: Config, put: (path: string, value: unknown) => void): void {
  const said = (config.primary as { provider?: string } | undefined)?.provider;
  const provider = flags.provider ?? (flags.host ? 'existing' : (said ?? 'digitalocean'));
  if (flags.provider || flags.host || flags.region || flags.size) put('primary.provider', provider);
  put('primary.region', flags.region);
  put('primary.size', flags.size);
  put('primary.host', flags.host);
  put('hostPublicKey', flags.hostKey && readKey(flags.hostKey));
  put('secondaryHostPublicKey', flags.secondaryHostKey && readKey(flags.secondaryHostKey));
  if (flags.secondary) {
    const [name = '', second, size, ...rest] = flags.secondary.split('/');
    const form = name === 'existing' ? [second, 'existing/HOST'] : [second && size, 'PROVIDER/REGION/SIZE'];
    if (!form[0] || rest.length > 0)
      throw new VisibleError(
        `not understood — --secondary ${flags.secondary} — write --secondary ${form[1]}`,
      );
    put('secondary.provider', name);
    if (name === 'existing') put('secondary.host', second);
    else for (const [key, value] of Object.entries({ region: second, size })) put(`secondary.${key}`, value);
  }
  // The first stack files had one region for machine and buckets; others say it themselves.
  const known = (config.storage as { region?: string } | undefined)?.region !== undefined;
  const same = flags.region && spacesRegions.includes(flags.region) && !known ? flags.region : undefined;
  const region = flags.storageRegion ?? same;
  if (region) put('storage.provider', 'spaces');
  put('storage.region', region);
}

/** A public key given as such or as the file it is in; the private one beside it is refused before it gets anywhere. */
export function readKey(given: string): string {
  const text = existsSync(given) ? readFileSync(given, 'utf8').trim() : given.trim();
  if (text.includes('PRIVATE KEY'))
    throw new VisibleError(`that is a private key — ${given} — give the public one: ${given}.pub`);
  if (parsePublicKey(text) === undefined)
    throw new VisibleError(
      `not an SSH public key — ${given} — give the file that ends in .pub, or its one line`,
    );
  return text;
}

function split(entry: string, option: string, form: string): [string, unknown] {
  const at = entry.indexOf('=');
  if (at < 1) throw new VisibleError(`not understood — ${option} ${entry} — write ${option} ${form}`);
  const value = entry.slice(at + 1);
  return [entry.slice(0, at), option === '--set' ? parseValue(value) : value];
}

/** JSON where it is JSON; a word is itself, and so is what only looks like a number with a leading zero. */
function parseValue(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function setPath(target: Config, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() as string;
  let place = target;
  for (const key of keys) {
    if (typeof place[key] !== 'object' || place[key] === null) place[key] = {};
    place = place[key] as Config;
  }
  place[last] = value;
}
