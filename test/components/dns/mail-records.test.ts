import { expect, test } from 'vitest';
import { ConfigError } from '../../../components/config.ts';
import { completed, configOf } from '../support/config.ts';
import { resolved } from '../support/deploy.ts';
import { set } from '../support/edits.ts';
import { refusals } from '../support/rules.ts';
import { only, staging } from '../support/staging.ts';

const long = `v=DKIM1; k=rsa; p=${'A'.repeat(392)}`;
const mail = {
  mx: [{ host: 'mx1.example.org' }, { host: 'mx2.example.org', priority: 20 }],
  spf: 'v=spf1 include:_spf.example.org -all',
  dkim: { s1: long },
  dmarc: 'v=DMARC1; p=quarantine; rua=mailto:postmaster@social.coop',
};
const text = `"${long.slice(0, 255)}" "${long.slice(255)}"`;

test('mail records are made at Cloudflare under the names other mail servers ask for', async () => {
  const { resources } = await staging({ 'dns.mail': mail });
  const made = resources.filter(({ type }) => type.endsWith(':DnsRecord'));
  const keys = ['mx-mx1.example.org', 'mx-mx2.example.org', 'spf', 'dkim-s1', 'dmarc'];
  const found = keys.map((key) => {
    const { name, inputs } = only(resources, 'DnsRecord', `staging-names-${key}`);
    const { type, name: at, content, priority } = inputs;
    return [name.replace('staging-names-', ''), type, at, content, priority];
  });
  const domain = 'staging.social.coop';
  expect(found).toEqual([
    ['mx-mx1.example.org', 'MX', domain, 'mx1.example.org', 10],
    ['mx-mx2.example.org', 'MX', domain, 'mx2.example.org', 20],
    ['spf', 'TXT', domain, `"${mail.spf}"`, undefined],
    ['dkim-s1', 'TXT', `s1._domainkey.${domain}`, text, undefined],
    ['dmarc', 'TXT', `_dmarc.${domain}`, `"${mail.dmarc}"`, undefined],
  ]);
  expect(made).toHaveLength(4 + keys.length);
  expect(made.flatMap(({ type, inputs }) => refusals(type, inputs))).toEqual([]);
});

test('or listed to be set by hand, as zone files write them', async () => {
  const { instance } = await staging({ dns: { provider: 'none', mail } });
  expect((await resolved(instance.dnsByHand)).slice(4)).toEqual([
    'staging.social.coop. 300 IN MX 10 mx1.example.org.',
    'staging.social.coop. 300 IN MX 20 mx2.example.org.',
    `staging.social.coop. 300 IN TXT "${mail.spf}"`,
    `s1._domainkey.staging.social.coop. 300 IN TXT ${text}`,
    `_dmarc.staging.social.coop. 300 IN TXT "${mail.dmarc}"`,
  ]);
});

test.each([
  ['spf', 'include:example.org', 'dns.mail.spf'],
  ['spf', 'v=spf1 "-all"', 'dns.mail.spf'],
  ['dmarc', 'v=DMARC1; p=perhaps', 'dns.mail.dmarc'],
  ['dkim', { s1: 'ssh-ed25519 AAAA' }, 'dns.mail.dkim.s1'],
  ['dkim', { 's1._domainkey': long }, 'dns.mail.dkim["s1._domainkey"]'],
  ['mx', [{ host: 'https://mx' }], 'dns.mail.mx[0].host'],
  ['mx', [{ host: 'mx.example.org', priority: 70_000 }], 'dns.mail.mx[0].priority'],
])('a %s record that is none is refused: %j', (key, value, path) => {
  const read = () => configOf(set(completed('staging'), { [`dns.mail.${key}`]: value }));
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(path);
});
