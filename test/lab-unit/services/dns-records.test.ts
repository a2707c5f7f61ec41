import { expect, test } from 'vitest';
import { renderHosts, renderOther } from '../../../lab/services/dns-records.ts';

test('addresses become hosts, everything else configuration', () => {
  const records = [
    { name: 'Staging.Social.Coop.', type: 'A' as const, content: '198.18.2.1' },
    { name: 'staging.social.coop', type: 'AAAA' as const, content: 'fd00:c00b::9' },
    { name: 'www.social.coop', type: 'CNAME' as const, content: 'staging.social.coop' },
    { name: 'social.coop', type: 'MX' as const, content: 'mail.lab.test', priority: 5 },
    { name: 'social.coop', type: 'TXT' as const, content: '"v=spf1 -all"' },
    {
      name: 'staging.social.coop',
      type: 'CAA' as const,
      caa: { flags: 0, tag: 'issue', value: 'letsencrypt.org' },
    },
  ];
  expect(renderHosts(records)).toBe('198.18.2.1 staging.social.coop\nfd00:c00b::9 staging.social.coop\n');
  expect(renderOther(records)).toBe(
    [
      'caa-record=staging.social.coop,0,issue,"letsencrypt.org"',
      'cname=www.social.coop,staging.social.coop',
      'mx-host=social.coop,mail.lab.test,5',
      'txt-record=social.coop,"v=spf1 -all"',
      '',
    ].join('\n'),
  );
});

test('a long text is cut into strings of 255 bytes', () => {
  const option = renderOther([{ name: 'k.lab.test', type: 'TXT', content: 'x'.repeat(300) }]);
  expect(option).toBe(`txt-record=k.lab.test,"${'x'.repeat(255)}","${'x'.repeat(45)}"\n`);
});

test('strings that a zone file keeps apart stay apart', () => {
  const option = renderOther([{ name: 'k.lab.test', type: 'TXT', content: '"v=DKIM1; p=AB" "CD"' }]);
  expect(option).toBe('txt-record=k.lab.test,"v=DKIM1; p=AB","CD"\n');
});

test.each([
  { name: 'a.test\nconf-file=/etc/shadow', type: 'A' as const, content: '198.18.0.1' },
  { name: 'a.test', type: 'A' as const, content: '198.18.0.1\n6.6.6.6 bank.example' },
  { name: 'a.test', type: 'A' as const, content: 'fd00::1' },
  { name: 'a.test', type: 'CNAME' as const, content: 'b.test,c.test' },
  { name: 'a.test', type: 'TXT' as const, content: 'x"\nconf-file=/etc/shadow' },
  { name: 'a.test', type: 'CAA' as const, caa: { flags: 0, tag: 'issue', value: 'x"y' } },
])('a record that would break out of its line is refused: %j', (record) => {
  expect(() => renderHosts([record]) + renderOther([record])).toThrow();
});
