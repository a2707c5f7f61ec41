import type { Mistake } from './mistake.ts';

export const recovery: Mistake[] = [
  ['a recovery to no time', { recover: { to: 'yesterday' } }, 'recover.to', /neither latest nor a time/],
  ['a recovery to the future', { recover: { to: '2030-01-01T00:00:00Z' } }, 'recover.to', /in the future/],
  [
    'a recovery that begins with no backup',
    { recover: { to: 'latest', backup: 'the newest' } },
    'recover.backup',
    /not the label of a backup/,
  ],
  ['no key of the recovery kit', { recovery: undefined }, 'recovery', /is missing/],
  ['an identity in the open', { 'recovery.identity': 'x' }, 'recovery.identity', /that a passphrase opens/],
];
