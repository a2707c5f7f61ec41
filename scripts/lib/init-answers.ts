import { existsSync, readFileSync } from 'node:fs';
import { VisibleError } from '../../components/errors.ts';

/** What `coop init` takes as options. */
export interface InitFlags {
  domain?: string;
  contact?: string;
  appVersion?: string;
  federation?: string;
  region?: string;
  size?: string;
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
  for (const key of ['domain', 'contact', 'appVersion', 'federation', 'sshFrom'] as const)
    put(key, flags[key]);
  put('primary.region', flags.region);
  put('storage.region', flags.region);
  put('primary.size', flags.size);
  if (flags.region || flags.size) put('primary.provider', 'digitalocean');
  if (flags.region) put('storage.provider', 'spaces');
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

/** A public key given as such or as the file it is in; the private one beside it is refused before it gets anywhere. */
export function readKey(given: string): string {
  const text = existsSync(given) ? readFileSync(given, 'utf8').trim() : given.trim();
  if (text.includes('PRIVATE KEY'))
    throw new VisibleError(`that is a private key — ${given} — give the public one: ${given}.pub`);
  if (!/^(ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/=]+( .*)?$/.test(text))
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
