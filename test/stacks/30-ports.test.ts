import { describe, expect, it } from 'vitest';
import { stacks } from './stacks.ts';
import { reach } from './support.ts';

for (const stack of stacks) await stack.readOutputs();
const addresses = stacks.flatMap(({ name, outputs }) =>
  Object.entries(outputs.machines).flatMap(([role, { address, address6 }]) => [
    [name, role, address] as const,
    [name, role, address6] as const,
  ]),
);

describe.concurrent.each(addresses)('from outside, %s’s %s machine at %s', (_stack, role, host) => {
  // Standing by, a machine serves nobody.
  const web = role === 'primary' ? [80, 443] : [];

  it.each([22, ...web])('port %i is open', async (port) => {
    expect(await reach(host, port)).toBe('open');
  });

  it.each([5432, 5433, 6379, 3000, 3001, 4000, 9200, 2375, 2376, 111, 8080])(
    'port %i is closed',
    async (port) => {
      expect(await reach(host, port)).toBe('closed');
    },
  );
});
