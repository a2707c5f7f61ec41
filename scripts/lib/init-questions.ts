import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type AppName, apps } from '../../components/apps/index.ts';
import { isDomain, isMailAddress } from '../../components/config/fields.ts';
import { parseRange } from '../../components/config/ranges.ts';
import { spacesRegions } from '../../components/storage/spaces-regions.ts';
import { type InitFlags, readKey } from './init-answers.ts';
import { askMachine, askSecondary } from './init-machines.ts';
import { ask } from './prompt.ts';

type Config = Record<string, unknown>;
export type Ask = typeof ask;

/** Asks for the plain values that neither the stack file nor an option gives; what is asked comes back as options. */
export async function askMissing(flags: InitFlags, config: Config, put: Ask = ask): Promise<InitFlags> {
  const answers: InitFlags = { ...flags };
  const has = (path: string) =>
    at(config, path) !== undefined || (flags.set ?? []).some((entry) => entry.startsWith(`${path}=`));
  const missing = (flag: keyof InitFlags, path: string) => flags[flag] === undefined && !has(path);

  if (missing('domain', 'domain'))
    answers.domain = await put('Domain of the server', {
      why: 'The part behind @ in every account. It can never change once the server has spoken to another one.',
      check: (answer) => (isDomain(answer) ? undefined : 'not a domain name, e.g. staging.social.coop'),
    });
  const domain = answers.domain ?? String(config.domain);
  if (missing('contact', 'contact'))
    answers.contact = await put('Mail address for certificates, shown as contact', {
      why: 'The certificate authority warns there before a certificate runs out; visitors see it on the about page.',
      check: mailAddress,
    });
  if (missing('app', 'app'))
    answers.app = await choose(put, 'Software', Object.keys(apps), 'mastodon', {
      why: 'Hometown is Mastodon with local-only posts; a stack may go from Mastodon to Hometown, hardly back.',
    });
  if (missing('appVersion', 'appVersion') && answers.app && answers.app !== 'mastodon')
    answers.appVersion = await put(`Version of ${apps[answers.app as AppName].name}`, {
      why: 'As the app itself reports it, e.g. 4.5.11+hometown-1.2.1; its release page lists them.',
    });
  if (missing('federation', 'federation'))
    answers.federation = await choose(put, 'Federation', ['open', 'off'], 'off', {
      why: 'off: members may use it, but no post leaves or enters, held by the firewall. Production is open.',
    });

  const machineIsNew = !has('primary');
  await askMachine(answers, at(config, 'primary') as Config | undefined, has, put);
  if (machineIsNew && missing('secondary', 'secondary')) await askSecondary(answers, put);
  if (missing('storageRegion', 'storage.region'))
    answers.storageRegion = await choose(put, 'Region of the buckets', spacesRegions, 'ams3', {
      why: 'Media and backups lie at DigitalOcean Spaces; not where the machine stands, so that one fire takes not both.',
    });
  await askNames(answers, flags, config, domain, missing, put);

  if (missing('sshFrom', 'sshFrom'))
    answers.sshFrom = (
      await put('SSH reachable from', {
        why: 'Addresses or ranges of the admins, separated by spaces, e.g. 203.0.113.7/32; see yours at https://ifconfig.co. Never the whole world.',
        check: ranges,
      })
    ).split(/[\s,]+/);
  if (missing('admin', 'admins')) answers.admin = [await admin(put)];
  if (missing('mailHost', 'mail.host')) {
    answers.mailHost = await put('Mail relay', {
      why: 'Host name of who sends the server’s mail (confirmations, notifications): your provider, or an existing mail server.',
      check: (answer) => (isDomain(answer) ? undefined : 'not a host name, e.g. smtp.example.org'),
    });
    const user =
      flags.mailUser ??
      (await put('User at the relay', {
        why: 'Empty when the relay knows the server by its address; the password is asked for next, and encrypted.',
        optional: true,
      }));
    if (user) answers.mailUser = user;
  }
  if (missing('mailFrom', 'mail.from'))
    answers.mailFrom = await put('Mail is sent from', {
      why: 'The relay must be allowed to send for this domain (SPF, DKIM), or mail lands in spam.',
      fallback: `notifications@${domain}`,
      check: mailAddress,
    });
  return answers;
}

async function askNames(
  answers: InitFlags,
  flags: InitFlags,
  config: Config,
  domain: string,
  missing: (flag: keyof InitFlags, path: string) => boolean,
  put: Ask,
): Promise<void> {
  if (missing('dns', 'dns.provider') && !flags.zone && !flags.zoneId)
    answers.dns = await choose(put, 'Names at', ['cloudflare', 'none'], 'cloudflare', {
      why: 'cloudflare: pulumi sets the records. none: it prints them, and somebody sets them by hand.',
    });
  const dns = answers.dns ?? (flags.zone || flags.zoneId ? 'cloudflare' : at(config, 'dns.provider'));
  if (dns !== 'cloudflare') return;
  if (missing('zone', 'dns.zone'))
    answers.zone = await put('Cloudflare zone', {
      why: 'The domain as it is listed at Cloudflare; the server’s name is in it.',
      fallback: domain.split('.').slice(-2).join('.'),
      check: (answer) =>
        domain === answer || domain.endsWith(`.${answer}`) ? undefined : `${domain} is not in that zone`,
    });
  if (missing('zoneId', 'dns.zoneId'))
    answers.zoneId = await put("The zone's ID", {
      why: 'At dash.cloudflare.com: the zone, Overview, API, Zone ID.',
      check: (answer) => (/^[0-9a-f]{32}$/.test(answer) ? undefined : '32 hexadecimal digits'),
    });
}

/** A question with a few answers. */
export const choose = (
  put: Ask,
  question: string,
  choices: readonly string[],
  fallback: string,
  options: { why: string },
): Promise<string> =>
  put(`${question} (${choices.join(', ')})`, {
    ...options,
    fallback,
    check: (answer) => (choices.includes(answer) ? undefined : `one of ${choices.join(', ')}`),
  });

async function admin(put: Ask): Promise<string> {
  const user = userInfo().username;
  const name = await put('First admin', {
    why: 'User name on the server, with sudo. More: coop init STACK --admin NAME=KEY, as often as there are people.',
    ...(user === 'root' ? {} : { fallback: user }),
    check: (answer) =>
      /^[a-z][a-z0-9-]{0,30}$/.test(answer) ? undefined : 'lower-case letters, digits, hyphens',
  });
  const usual = join(homedir(), '.ssh', 'id_ed25519.pub');
  const key = await put('Their SSH public key', {
    why: 'The file that ends in .pub, or its one line; none yet: ssh-keygen -t ed25519.',
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

const mailAddress = (answer: string) => (isMailAddress(answer) ? undefined : 'not a mail address');

function ranges(answer: string): string | undefined {
  const wrong = answer.split(/[\s,]+/).filter((range) => typeof parseRange(range) === 'string');
  return wrong.length === 0 ? undefined : `${wrong.join(', ')}: write address/prefix, like 203.0.113.7/32`;
}

function at(config: Config, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Config | undefined)?.[key], config);
}
