import { expect, test } from 'vitest';
import { adopts, refusedMoves } from '../../components/last.ts';
import { completed, configOf } from './support/config.ts';
import { set } from './support/edits.ts';

const file = completed('prod');
const last = {
  url: 'https://social.coop',
  machines: { primary: { provider: 'hetzner' }, secondary: { provider: 'digitalocean' } },
};
const refused = (changes: Record<string, unknown>) => refusedMoves(configOf(set(file, changes)), last);

test('nothing is refused of a stack that stays as it is, or that is not there yet', () => {
  expect(refused({})).toEqual([]);
  expect(refusedMoves(configOf(file), {})).toEqual([]);
});

test('another domain is refused, with the one that stays', () => {
  const [problem, ...more] = refused({ domain: 'town.social.coop' });
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ key: 'domain', value: '"town.social.coop"' });
  expect(problem?.reason).toContain('this stack is social.coop');
  expect(problem?.remedy).toContain('put social.coop back');
});

test('a primary never goes to another provider by an edit, protected or not', () => {
  const moved = { primary: { provider: 'digitalocean', size: 's-8vcpu-16gb' } };
  expect(refused(moved).map(({ key }) => key)).toEqual(['primary.provider']);
  expect(refused({ ...moved, protect: false }).map(({ key }) => key)).toEqual(['primary.provider']);
  // A stack that is destroyed takes its backups along.
  expect(refused(moved)[0]?.remedy).not.toContain('destroy');
});

test('a secondary of a protected stack is neither moved nor taken away', () => {
  const moved = { secondary: { provider: 'hetzner', size: 'cpx42' } };
  expect(refused(moved).map(({ key }) => key)).toEqual(['secondary.provider']);
  expect(refused({ secondary: undefined }).map(({ key }) => key)).toEqual(['secondary']);
  expect(refused({ secondary: undefined, protect: false })).toEqual([]);
});

test('a secondary may be added', () => {
  const alone = { ...last, machines: { primary: last.machines.primary } };
  expect(refusedMoves(configOf(file), alone)).toEqual([]);
});

test('buckets are taken over by a stack that has none, and only when it is to be brought back', () => {
  const back = configOf(set(file, { recover: { to: 'latest' } }));
  expect(adopts(back, {})).toBe(true);
  expect(adopts(configOf(file), {})).toBe(false);
  // Left in a file by mistake, it must not have a running stack import what it has and delete what it had.
  expect(adopts(back, { ...last, buckets: { media: 'm', backups: 'b' } })).toBe(false);
});
