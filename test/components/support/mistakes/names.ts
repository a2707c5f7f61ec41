import type { Mistake } from './mistake.ts';

/** Domain, zone, authority and contact. */
export const names: Mistake[] = [
  [
    'an unknown provider of names',
    { 'dns.provider': 'cloudflair' },
    'dns.provider',
    /not one of the choices/,
  ],
  ['an address for a domain', { domain: '203.0.113.7' }, 'domain', /not a domain/],
  ['a domain with an underscore', { domain: 'a_b.coop' }, 'domain', /not a domain/],
  ['a domain that is one word', { domain: 'localhost' }, 'domain', /not a domain/],
  ['a domain in upper case', { domain: 'Staging.social.coop' }, 'domain', /not a domain/],
  [
    'a domain outside its zone',
    { 'dns.zone': 'example.org' },
    'dns.zone',
    /does not hold staging\.social\.coop/,
  ],
  ['a zone ID that is none', { 'dns.zoneId': 'social.coop' }, 'dns.zoneId', /not the ID/],
  ['nobody who serves the names', { dns: undefined }, 'dns', /is missing/],
  [
    'a directory without TLS',
    { acmeDirectory: 'http://ca.example.org/dir' },
    'acmeDirectory',
    /not an https/,
  ],
  ['a certificate that is none', { caCertificates: 'yes' }, 'caCertificates', /not a list of certificates/],
  ['a mail address that is none', { contact: 'tech at social.coop' }, 'contact', /not a mail address/],
];
