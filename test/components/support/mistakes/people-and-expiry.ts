import { stackFile } from '../../../fixtures/stack.ts';
import type { Mistake } from './mistake.ts';

/** Admins, and the day a stack ends. */
export const peopleAndExpiry: Mistake[] = [
  ['a day that is none', { expires: '2026-02-30' }, 'expires', /not a day/],
  ['a day in the past', { expires: '2026-11-21' }, 'expires', /in the past/],
  ['an end for a protected stack', { expires: '2027-01-01', protect: true }, 'expires', /protected/],
  [
    'an account of the system for a person',
    { 'admins.root': [stackFile().hostPublicKey] },
    'admins.root',
    /not a name/,
  ],
  ['a person without a key', { 'admins.ann': [] }, 'admins.ann', /at least 1/],
  [
    'a key that is none',
    { 'admins.ann': ['ssh-ed25519 AAAA ann'] },
    'admins.ann[0]',
    /not an OpenSSH public key/,
  ],
];
