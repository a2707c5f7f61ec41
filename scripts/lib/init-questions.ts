import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { InitFlags } from './init-answers.ts';
import { readKey } from './init-answers.ts';
import { ask } from './prompt.ts';

type Config = Record<string, unknown>;
type Ask = typeof ask;

/** Asks for the plain values that neither the stack file nor an option gives; what is asked comes back as options. */
export async function askMissing(flags: InitFlags, config: Config, put: Ask = ask): Promise<InitFlags> {
  const answers: InitFlags = { ...flags };
  const has = (path: string) =>
    at(config, path) !== undefined || (flags.set ?? []).some((entry) => entry.startsWith(`${path}=`));
  if (!flags.domain && !has('domain'))
    answers.domain = await put('Domain of the server (can never change)', { check: domain });
  const name = answers.domain ?? String(config.domain);
  if (!flags.contact && !has('contact'))
    answers.contact = await put('Mail address for certificates and as contact', { check: mail });
  if (!flags.region && !has('primary.region'))
    answers.region = await put('DigitalOcean region', { fallback: 'fra1' });
  if (!flags.size && !has('primary.size'))
    answers.size = await put('Droplet size', { fallback: 's-4vcpu-8gb' });
  if (!flags.dns && !flags.zone && !flags.zoneId && !has('dns'))
    answers.dns = await put('Names at (cloudflare, none)', {
      fallback: 'cloudflare',
      check: (answer) => (['cloudflare', 'none'].includes(answer) ? undefined : 'cloudflare or none'),
    });
  const dns = answers.dns ?? (flags.zone || flags.zoneId ? 'cloudflare' : at(config, 'dns.provider'));
  if (dns === 'cloudflare') {
    if (!flags.zone && !has('dns.zone'))
      answers.zone = await put('Cloudflare zone', { fallback: name.split('.').slice(-2).join('.') });
    if (!flags.zoneId && !has('dns.zoneId'))
      answers.zoneId = await put("The zone's ID (on its overview page)", {
        check: (answer) => (/^[0-9a-f]{32}$/.test(answer) ? undefined : '32 hexadecimal digits'),
      });
  }
  if (!flags.sshFrom && !has('sshFrom'))
    answers.sshFrom = (
      await put('SSH reachable from (ranges, e.g. 203.0.113.7/32, separated by spaces)')
    ).split(/[\s,]+/);
  if (!flags.admin && !has('admins')) answers.admin = [await admin(put)];
  if (!flags.mailHost && !has('mail.host')) {
    answers.mailHost = await put('Mail relay (host name)');
    const user = flags.mailUser ?? (await put('User at the relay (empty for none)', { optional: true }));
    if (user) answers.mailUser = user;
  }
  if (!flags.mailFrom && !has('mail.from'))
    answers.mailFrom = await put('Mail is sent from', { fallback: `notifications@${name}`, check: mail });
  return answers;
}

async function admin(put: Ask): Promise<string> {
  const user = userInfo().username;
  const name = await put('First admin (user name on the server)', user === 'root' ? {} : { fallback: user });
  const usual = join(homedir(), '.ssh', 'id_ed25519.pub');
  const key = await put('Their SSH public key (file, or the line itself)', {
    ...(existsSync(usual) ? { fallback: usual } : {}),
    check(answer) {
      try {
        readKey(answer);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  });
  return `${name}=${key}`;
}

const domain = (answer: string) =>
  /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(answer)
    ? undefined
    : 'not a domain name, e.g. staging.social.coop';
const mail = (answer: string) => (/^\S+@\S+\.\S+$/.test(answer) ? undefined : 'not a mail address');

function at(config: Config, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Config | undefined)?.[key], config);
}
