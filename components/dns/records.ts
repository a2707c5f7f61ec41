import type { StackConfig } from '../config/types.ts';

/** One DNS record by its fully qualified name. */
export interface Record {
  /** Suffix of the Pulumi resource's name. */
  key: string;
  name: string;
  type: 'A' | 'AAAA' | 'CAA' | 'MX' | 'TXT';
  /** Address, name or text; absent for CAA. */
  content?: string;
  /** MX only: the lowest is asked first. */
  priority?: number;
  caa?: { flags: 0; tag: 'issue' | 'iodef'; value: string };
}

/** Seconds a record may be remembered: short enough to move to another server by. */
export const TTL = 300;

/** A certificate authority's name in CAA records, by the host of its ACME directory. */
const AUTHORITIES: { [host: string]: string } = {
  'acme-v02.api.letsencrypt.org': 'letsencrypt.org',
  'acme-staging-v02.api.letsencrypt.org': 'letsencrypt.org',
  'acme.zerossl.com': 'sectigo.com',
  'dv.acme-v02.api.pki.goog': 'pki.goog',
  'api.buypass.com': 'buypass.com',
};

/**
 * Which authority may issue certificates for the domain, and whom it tells of misuse (RFC 8659). An authority that is
 * not in our list is named by the host of its directory, which is how private ones name themselves.
 */
export function caaRecords({ domain, contact, acmeDirectory }: StackConfig): Record[] {
  const { hostname } = new URL(acmeDirectory);
  const issuer = AUTHORITIES[hostname] ?? hostname;
  return [
    { key: 'caa-issue', name: domain, type: 'CAA', caa: { flags: 0, tag: 'issue', value: issuer } },
    {
      key: 'caa-iodef',
      name: domain,
      type: 'CAA',
      caa: { flags: 0, tag: 'iodef', value: `mailto:${contact}` },
    },
  ];
}

/**
 * Who takes mail of the domain, who may send it, and what it is signed with.
 * https://datatracker.ietf.org/doc/html/rfc7208 (SPF), rfc6376 (DKIM), rfc7489 (DMARC)
 */
export function mailRecords({ domain, dns }: StackConfig): Record[] {
  const { mx = [], spf, dkim = {}, dmarc } = dns.mail ?? {};
  const txt = (key: string, name: string, content: string): Record => ({
    key,
    name,
    type: 'TXT',
    content: quoted(content),
  });
  return [
    ...mx.map(
      ({ host, priority }): Record => ({
        key: `mx-${host}`,
        name: domain,
        type: 'MX',
        content: host,
        priority,
      }),
    ),
    ...(spf === undefined ? [] : [txt('spf', domain, spf)]),
    ...Object.entries(dkim).map(([selector, value]) =>
      txt(`dkim-${selector}`, `${selector}._domainkey.${domain}`, value),
    ),
    ...(dmarc === undefined ? [] : [txt('dmarc', `_dmarc.${domain}`, dmarc)]),
  ];
}

/** A text as zone files write it: strings of at most 255 bytes, which readers put together again (RFC 1035). */
const quoted = (text: string) => (text.match(/.{1,255}/g) ?? ['']).map((part) => `"${part}"`).join(' ');

/** Every record of an instance at these addresses. Media is served under the domain too and needs no name. */
export function records(config: StackConfig, address: string, address6: string | undefined): Record[] {
  return [
    { key: 'a', name: config.domain, type: 'A', content: address },
    ...(address6 ? [{ key: 'aaaa', name: config.domain, type: 'AAAA' as const, content: address6 }] : []),
    ...caaRecords(config),
    ...mailRecords(config),
  ];
}
