import { expect, test } from 'vitest';
import { fetchOrder, parseSidekiq } from '../../../../lab/standin/src/jobs/arguments.ts';

test('queues keep their order and are served strictly by it', () => {
  const options = parseSidekiq(['-c', '25', '-q', 'ingress', '-q', 'mailers', '-q', 'fasp']);
  expect(options).toMatchObject({ concurrency: 25, queues: ['ingress', 'mailers', 'fasp'], weighted: false });
  for (let i = 0; i < 20; i++) expect(fetchOrder(options)).toEqual(['ingress', 'mailers', 'fasp']);
});

test('weights make a queue come first in proportion, and starve none', () => {
  const options = parseSidekiq(['-q', 'default,8', '-q', 'pull,1']);
  const first = Array.from({ length: 2000 }, () => fetchOrder(options)[0]);
  const share = first.filter((queue) => queue === 'default').length / first.length;
  expect(share).toBeGreaterThan(0.83);
  expect(share).toBeLessThan(0.94);
  expect(fetchOrder(options).sort()).toEqual(['default', 'pull']);
});

test('long options and joined values are read too', () => {
  expect(
    parseSidekiq(['--concurrency=3', '--queue', 'push', '--timeout=8', '-C', 'config/sidekiq.yml']),
  ).toMatchObject({
    concurrency: 3,
    queues: ['push'],
    timeout: 8,
  });
});

test('without -q every queue of Mastodon is worked', () => {
  expect(parseSidekiq([]).queues.sort()).toEqual([
    'default',
    'fasp',
    'ingress',
    'mailers',
    'pull',
    'push',
    'scheduler',
  ]);
});

test.each([
  [['-c', 'many']],
  [['-c', '0']],
  [['-q']],
  [['-q', 'default,0']],
  [['-q', ',3']],
  [['--unheard-of']],
])('%j is refused', (args) => {
  expect(() => parseSidekiq(args)).toThrow(/sidekiq/);
});
