import { describe, expect, it } from 'vitest';
import { outputs, reach } from './support.ts';

const { address, address6 } = await outputs();
const addresses = [
  ['IPv4', address],
  ['IPv6', address6],
] as const;

describe.concurrent.each(addresses)('from outside over %s', (_family, host) => {
  it.each([22, 80, 443])('port %i is open', async (port) => {
    expect(await reach(host as string, port)).toBe('open');
  });

  it.each([5432, 5433, 6379, 3000, 3001, 4000, 9200, 2375, 2376, 111, 8080])(
    'port %i is closed',
    async (port) => {
      expect(await reach(host as string, port)).toBe('closed');
    },
  );
});
