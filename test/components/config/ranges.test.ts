import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains, overlap, parseRange, range } from '../../../components/config/ranges.ts';

test.each(['0.0.0.0/0', '203.0.113.7/32', '198.19.0.0/16', '::/0', 'fd00:5c::/48', '::ffff:1.2.3.4/128'])(
  '%s is a range',
  (text) => {
    expect(parseRange(text)).toMatchObject({ text });
  },
);

test.each([
  ['203.0.113.7', 'has no prefix length'],
  ['203.0.113.0/33', 'has a prefix longer than 32 bits'],
  ['203.0.113.7/24', 'has bits set behind its prefix (the network is 203.0.113.0/24)'],
  ['fd00:5c::1/48', 'has bits set behind its prefix (the network is fd00:5c::/48)'],
  ['0x7f.1/8', 'is not a range of addresses in CIDR notation'],
  ['127.1/8', 'is not a range of addresses in CIDR notation'],
  ['1.2.3.4/ 8', 'is not a range of addresses in CIDR notation'],
  ['fe80::1%eth0/64', 'is not a range of addresses in CIDR notation'],
  ['', 'is not a range of addresses in CIDR notation'],
])('%s %s', (text, reason) => {
  expect(parseRange(text)).toBe(reason);
});

/** A network as a number and a prefix, so that overlap can be told by arithmetic. */
const network = fc.tuple(fc.nat(0xffff), fc.integer({ min: 0, max: 16 })).map(([bits, prefix]) => {
  const first = prefix === 0 ? 0 : (bits >> (16 - prefix)) << (16 - prefix);
  return {
    first,
    last: first + 2 ** (16 - prefix) - 1,
    range: range(`10.9.${first >> 8}.${first & 255}/${prefix + 16}`),
  };
});

test('ranges overlap and contain each other exactly when their addresses do', () => {
  fc.assert(
    fc.property(network, network, (a, b) => {
      expect(overlap(a.range, b.range)).toBe(a.first <= b.last && b.first <= a.last);
      expect(contains(a.range, b.range)).toBe(a.first <= b.first && b.last <= a.last);
    }),
    { numRuns: 1000 },
  );
});

test('ranges of different kinds never meet', () => {
  expect(overlap(range('0.0.0.0/0'), range('::/0'))).toBe(false);
});
