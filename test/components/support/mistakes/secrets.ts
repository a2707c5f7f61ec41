import { stackFile } from '../../../fixtures/stack.ts';
import { type Mistake, other } from './mistake.ts';

/** Secrets and pairs of keys. */
export const secrets: Mistake[] = [
  ['a missing secret', { 'secrets.redisPassword': undefined }, 'secrets.redisPassword', /is missing/],
  ['a secret nobody reads', { 'secrets.redisPasswort': 'x' }, 'secrets.redisPasswort', /not a known key/],
  ['a short Rails key', { 'secrets.secretKeyBase': 'abc' }, 'secrets.secretKeyBase', /128 hexadecimal/],
  ['a weak password', { 'secrets.databasePassword': 'hunter2' }, 'secrets.databasePassword', /20 to 128/],
  [
    'an encryption key of 31 letters',
    { 'secrets.activeRecordPrimaryKey': 'a'.repeat(31) },
    'secrets.activeRecordPrimaryKey',
    /32 letters/,
  ],
  ['a weak cipher', { 'secrets.repositoryCipher': 'x' }, 'secrets.repositoryCipher', /32 or more/],
  ['a VAPID key that is none', { 'secrets.vapidPrivateKey': 'x' }, 'secrets.vapidPrivateKey', /32 bytes/],
  [
    'a VAPID key off the curve',
    { 'secrets.vapidPrivateKey': 'A'.repeat(43) },
    'secrets.vapidPrivateKey',
    /not a private key of the curve/,
  ],
  [
    'two halves of two VAPID pairs',
    { 'secrets.vapidPublicKey': other('vapidPublicKey') },
    'secrets.vapidPublicKey',
    /belongs to another/,
  ],
  [
    'two halves of two host keys',
    { 'secrets.hostKey': other('hostKey') },
    'hostPublicKey',
    /not the public half/,
  ],
  ['a machine without its host key', { 'secrets.hostKey': undefined }, 'secrets.hostKey', /is missing/],
  [
    'a secondary without a host key',
    { 'secondary.provider': 'digitalocean' },
    'secondaryHostPublicKey',
    /missing beside secondary/,
  ],
  [
    'a secondary without the private half',
    { 'secondary.provider': 'digitalocean', secondaryHostPublicKey: stackFile().hostPublicKey },
    'secrets.secondaryHostKey',
    /is missing/,
  ],
  [
    'an existing secondary whose host key nobody knows',
    { secondary: { provider: 'existing', host: '203.0.113.7' } },
    'secondaryHostPublicKey',
    /missing beside secondary/,
  ],
  [
    'two halves of two deploy keys',
    { 'secrets.deployKey': other('deployKey') },
    'deployPublicKey',
    /not the public half/,
  ],
  [
    'a public key for a private one',
    { 'secrets.hostKey': stackFile().hostPublicKey },
    'secrets.hostKey',
    /not an OpenSSH private key/,
  ],
  [
    'a private key for a public one',
    { hostPublicKey: other('hostKey') },
    'hostPublicKey',
    /not an OpenSSH public key/,
  ],
];
