import type { StackConfig } from '../config/types.ts';
import type { HostFacts } from './types.ts';

/** https://curl.se/docs/manpage.html#-K — a value of curl's own configuration file. */
const quoted = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** What every call has: nothing hangs, nothing is shown, what was refused is an error. */
const common = [
  'silent',
  'show-error',
  'fail',
  'connect-timeout = 10',
  'max-time = 20',
  'retry = 2',
  'retry-connrefused',
];

const file = (lines: string[]) => `${[...common, ...lines].join('\n')}\n`;

/** The bare address in a sender that may have a name. */
export const addressOf = (sender: string) => /<([^<>]+)>$/.exec(sender)?.[1] ?? sender;

const ways = { plain: 'PLAIN', login: 'LOGIN', cram_md5: 'CRAM-MD5' };

/** Mail through the relay of the instance: the same host, port, encryption and user as the app's own mail. */
function relay({ mail, alerts, secrets, domain }: StackConfig): string {
  const { host, port, user, auth } = mail;
  const encryption = mail.encryption ?? (port === 465 ? 'tls' : port === 25 ? 'opportunistic' : 'starttls');
  const password = user === undefined ? undefined : secrets.smtpPassword;
  const login = password === undefined ? '' : `${[user ?? '', password].map(encodeURIComponent).join(':')}@`;
  return file([
    `url = ${quoted(`${encryption === 'tls' ? 'smtps' : 'smtp'}://${login}${host}:${port}/${domain}`)}`,
    ...(encryption === 'starttls' ? ['ssl-reqd'] : encryption === 'opportunistic' ? ['ssl'] : []),
    ...(login === '' ? [] : [`login-options = ${quoted(`AUTH=${ways[auth ?? 'plain']}`)}`]),
    `mail-from = ${quoted(addressOf(mail.from))}`,
    `mail-rcpt = ${quoted(alerts.mail ?? '')}`,
    'crlf',
  ]);
}

/**
 * How people are told, one file for curl a way: addresses and passwords are in none of its arguments.
 * The switch is for the machine that serves: another one that is well says nothing about it.
 */
export function alertFiles({ config, machine }: HostFacts): { name: string; content: string }[] {
  const { alertWebhook, deadMansSwitch } = config.secrets;
  const json = `header = ${quoted('Content-Type: application/json')}`;
  return [
    ...(alertWebhook
      ? [{ name: 'webhook.curl', content: file([`url = ${quoted(alertWebhook)}`, json, 'request = "POST"']) }]
      : []),
    ...(config.alerts.mail ? [{ name: 'mail.curl', content: relay(config) }] : []),
    ...(deadMansSwitch && machine.role === 'primary'
      ? [{ name: 'switch.curl', content: file([`url = ${quoted(deadMansSwitch)}`]) }]
      : []),
  ];
}
