import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { parsePublicKey } from './keys.ts';
import { parseRange } from './ranges.ts';

/** A string with a rule: why a value breaks it, and what to write instead. */
export function text(rule: (value: string) => boolean, reason: string, remedy: string) {
  return z.string().refine(rule, { error: reason, params: { remedy } });
}

/** One of a dated list of names; `list` says where a long one is written down. */
export function oneOf(names: readonly string[], what: string, list?: string) {
  return z.string().superRefine((value, context) => {
    if (names.includes(value)) return;
    context.addIssue({ code: 'custom', message: `is not a known ${what}`, params: { names, list } });
  });
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A fully qualified host name, lower case, without a dot at the end. */
export function isDomain(value: string): boolean {
  const labels = value.split('.');
  const last = labels.at(-1) ?? '';
  return (
    value.length <= 253 &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    /[a-z]/.test(last)
  );
}

/** A mail address plain enough for every place it lands in. */
export function isMailAddress(value: string): boolean {
  const at = value.lastIndexOf('@');
  return (
    /^[A-Za-z0-9.!#$%&*+/=?^_{|}~-]{1,64}$/.test(value.slice(0, Math.max(0, at))) &&
    isDomain(value.slice(at + 1))
  );
}

/** Neither quotes nor lines: Debian's Compose cannot carry them in an environment file. */
export const plain = text(
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  (value) => !/['\u0000-\u001f\u007f]/.test(value),
  "holds a ' or a line break, which the environment file cannot carry",
  'choose a value without them',
);

export const domainName = text(
  isDomain,
  'is not a domain name',
  'write it like staging.social.coop: lower case, no https://',
);

export const mailAddress = text(isMailAddress, 'is not a mail address', 'write it like tech@social.coop');

export const httpsUrl = text(
  (value) =>
    URL.canParse(value) &&
    new URL(value).protocol === 'https:' &&
    /^[\x21-\x7e]+$/.test(value) &&
    !value.includes("'"),
  'is not an https:// address',
  'write the whole address, like https://acme-v02.api.letsencrypt.org/directory',
);

/** Plain enough for a configuration file of curl; on the port that every cloud firewall of ours lets out to. */
export const isSecretUrl = (value: string) =>
  URL.canParse(value) &&
  /^https:\/\/[\x21\x23-\x5b\x5d-\x7e]{1,2000}$/.test(value) &&
  new URL(value).port === '';

const isImageReference = (value: string) =>
  /^[a-z0-9.-]+[.:][a-z0-9.:-]*(\/[a-z0-9._-]+)+(:\w[\w.-]{0,127})?@sha256:[0-9a-f]{64}$/.test(value);

export const imageReference = text(
  isImageReference,
  'is not a full image reference with a digest',
  'write host/name:tag@sha256:…; the digest is printed by `docker buildx imagetools inspect host/name:tag`',
);

/** An image whose Dockerfile is in images/. */
export const ownImageReference = text(
  (value) => value === 'build' || isImageReference(value),
  'is neither a full image reference with a digest nor `build`',
  'write build, and the machine builds it; or let `coop images` push it to your registry and write the digest',
);

export const publicKeyLine = text(
  (value) => parsePublicKey(value) !== undefined,
  'is not an OpenSSH public key',
  'paste the one line of ~/.ssh/id_ed25519.pub',
);

const SYSTEM_USERS = new Set(
  `root daemon bin sys sync games man lp mail news uucp proxy backup list irc nobody sshd messagebus polkitd www-data
  docker sudo adm debian instance postgres redis mastodon`.split(/\s+/),
);

/** A name an account on the machine can have. */
export const personName = text(
  (name) => /^[a-z][a-z0-9-]{0,30}$/.test(name) && !SYSTEM_USERS.has(name),
  'is not a name for a person’s account',
  'lower-case letters, digits and hyphens; not the name of a system user',
);

export const bucketName = text(
  (value) => /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(value),
  'is not a bucket name',
  '3 to 63 lower-case letters, digits and hyphens, without dots',
);

/** A range of addresses in CIDR notation. */
export const addressRange = z.string().superRefine((value, context) => {
  const parsed = parseRange(value);
  if (typeof parsed !== 'string') return;
  const remedy = 'write address/prefix, like 203.0.113.7/32 or 2001:db8::/48';
  context.addIssue({ code: 'custom', message: parsed, params: { remedy } });
});

/** Certificates in PEM, one after the other; empty for none. */
export const certificates = text(
  (value) => {
    const blocks = value.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s*/g) ?? [];
    if (blocks.join('').trim() !== value.trim()) return false;
    return blocks.every(isCertificate);
  },
  'is not a list of certificates in PEM',
  'paste them whole, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----',
);

/** A calendar day. */
export const day = text(
  (value) =>
    /^\d{4}-\d\d-\d\d$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true,
  'is not a day',
  'write it as YYYY-MM-DD',
);

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
