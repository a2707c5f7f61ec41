import { expect, test } from 'vitest';
import { caaRecords } from '../../../components/dns/records.ts';
import { completed, configOf } from '../support/config.ts';
import { resolved } from '../support/deploy.ts';
import { only, staging } from '../support/staging.ts';

test('the domain has both addresses and says who may issue certificates for it', async () => {
  const { resources } = await staging();
  const record = (key: string) => only(resources, 'DnsRecord', `staging-names-${key}`).inputs;
  const common = { zoneId: '0123456789abcdef0123456789abcdef', name: 'staging.social.coop', ttl: 300 };
  const comment = 'Pulumi: instance staging';
  expect(record('a')).toEqual({ ...common, comment, type: 'A', content: '203.0.113.10', proxied: false });
  expect(record('aaaa')).toEqual({
    ...common,
    comment,
    type: 'AAAA',
    content: '2001:db8::20',
    proxied: false,
  });
  const issue = { flags: 0, tag: 'issue', value: 'letsencrypt.org' };
  expect(record('caa-issue')).toEqual({ ...common, comment, type: 'CAA', data: issue });
  const iodef = { flags: 0, tag: 'iodef', value: 'mailto:tech@social.coop' };
  expect(record('caa-iodef')).toEqual({ ...common, comment, type: 'CAA', data: iodef });
});

test.each([
  ['https://acme-v02.api.letsencrypt.org/directory', 'letsencrypt.org'],
  ['https://acme-staging-v02.api.letsencrypt.org/directory', 'letsencrypt.org'],
  ['https://ca.example.org:9000/acme/acme/directory', 'ca.example.org'],
])('certificates from %s are issued by %s', (acmeDirectory, value) => {
  const [issue] = caaRecords({ ...configOf(completed('staging')), acmeDirectory });
  expect(issue?.caa).toEqual({ flags: 0, tag: 'issue', value });
});

test('a host without IPv6 has no AAAA record', async () => {
  const primary = { provider: 'existing', host: '203.0.113.7' };
  const kinds = async (changes: object) =>
    (await staging(changes as never)).resources
      .filter(({ type }) => type.endsWith(':DnsRecord'))
      .map(({ inputs }) => inputs.type)
      .sort();
  expect(await kinds({ primary })).toEqual(['A', 'CAA', 'CAA']);
  expect(await kinds({ primary: { ...primary, address6: '2001:db8::7' } })).toEqual([
    'A',
    'AAAA',
    'CAA',
    'CAA',
  ]);
});

test('names set by hand are no resources but lines to copy', async () => {
  const { resources, instance } = await staging({ dns: { provider: 'none' } });
  expect(resources.filter(({ type }) => type.startsWith('cloudflare:'))).toEqual([]);
  expect(await resolved(instance.dnsByHand)).toEqual([
    'staging.social.coop. 300 IN A 203.0.113.10',
    'staging.social.coop. 300 IN AAAA 2001:db8::20',
    'staging.social.coop. 300 IN CAA 0 issue "letsencrypt.org"',
    'staging.social.coop. 300 IN CAA 0 iodef "mailto:tech@social.coop"',
  ]);
});

test('where the stack sets the names itself there is nothing to do by hand', async () => {
  const { instance } = await staging();
  expect(await resolved(instance.dnsByHand)).toEqual([]);
});
