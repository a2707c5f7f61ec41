import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { names, type TestCloud, testCloud, zone } from './support.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await testCloud();
});
afterEach(() => cloud.stop());

const a = (extra = {}) => ({
  zoneId: zone.id,
  name: 'staging.social.coop',
  type: 'A',
  ttl: 300,
  content: '198.18.2.10',
  ...extra,
});
const caa = a({
  type: 'CAA',
  content: undefined,
  data: { flags: 0, tag: 'issue', value: 'letsencrypt.org' },
});

describe('DnsRecord', () => {
  it('is served from its creation to its end', async () => {
    const record = await cloud.make('DnsRecord', a(), names);
    await cloud.make('DnsRecord', caa, names);
    expect(cloud.seen.records).toEqual([
      { name: 'staging.social.coop', type: 'A', content: '198.18.2.10' },
      { name: 'staging.social.coop', type: 'CAA', caa: { flags: 0, tag: 'issue', value: 'letsencrypt.org' } },
    ]);
    await cloud.objects.update(names, 'DnsRecord', record.id, a({ content: '198.18.2.11' }));
    expect(cloud.seen.records[0]?.content).toBe('198.18.2.11');
    await cloud.objects.remove(names, 'DnsRecord', record.id);
    expect(cloud.seen.records).toHaveLength(1);
  });

  it.each([
    ['a short name', { name: 'staging' }, /fully qualified/],
    ['a name of another zone', { name: 'staging.example.org' }, /zone social.coop/],
    ['a name that only ends alike', { name: 'antisocial.coop' }, /zone social.coop/],
    ['another zone', { zoneId: 'f'.repeat(32) }, /object identifier is invalid/],
    ['a v6 address in an A record', { content: 'fd00::1' }, /valid IPv4/],
    ['a v4 address in an AAAA record', { type: 'AAAA' }, /valid IPv6/],
    ['a TTL too short', { ttl: 30 }, /Invalid TTL/],
    ['CAA without data', { type: 'CAA', content: '0 issue "x"' }, /need data/],
    ['MX without a priority', { type: 'MX', content: 'mx.example.org' }, /needs a priority/],
    ['MX to an address', { type: 'MX', content: '198.18.2.10', priority: 5 }, /valid hostname/],
    ['a text with one quote', { type: 'TXT', content: '"v=spf1 -all' }, /do not belong together/],
    ['a string too long', { type: 'TXT', content: `"${'x'.repeat(256)}"` }, /at most 255/],
    ['the proxy', { proxied: true }, /no proxy/],
  ])('refuses %s', async (_what, extra, reason) => {
    await expect(cloud.make('DnsRecord', a(extra), names)).rejects.toThrow(reason);
  });

  it('is refused beside its twin, and a CNAME beside anything', async () => {
    await cloud.make('DnsRecord', a(), names);
    await expect(cloud.make('DnsRecord', a(), names)).rejects.toThrow(/identical record/);
    await cloud.make('DnsRecord', a({ content: '198.18.2.12' }), names);
    const cname = a({ type: 'CNAME', content: 'social.coop' });
    await expect(cloud.make('DnsRecord', cname, names)).rejects.toThrow(/already exists/);
  });
});
