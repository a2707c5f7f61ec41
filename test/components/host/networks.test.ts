import { describe, expect, it } from 'vitest';
import { networks } from '../../../components/host/networks.ts';

describe('networks', () => {
  it('cuts three networks that do not overlap out of the configured ranges', () => {
    expect(networks({ containerRange: '10.96.252.0/22', containerRange6: 'fd00:5c:7::/48' })).toEqual({
      bridge: { subnet: '10.96.252.0/24', gateway: '10.96.252.1' },
      out: { subnet: '10.96.253.0/24', gateway: '10.96.253.1' },
      out6: { subnet: 'fd00:5c:7:1::/64', gateway: 'fd00:5c:7:1::1' },
      internal: { subnet: '10.96.254.0/24', gateway: '10.96.254.1' },
      database: '10.96.254.254',
    });
  });
});
