import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Boot, carriedKeys, ignoredBoot, report } from '../../../components/machine/ignored.ts';

const boot: Boot = {
  region: 'fra1',
  image: 'debian-13-x64',
  sshKeys: ['aa:bb'],
  userData: '#cloud-config\n{"a":1}\n',
};
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
const keysOf = (actual: Boot, wanted: Boot) => ignoredBoot(actual, wanted, ['urn:x']).map(({ key }) => key);

test('a machine that is as configured has nothing to report, also where the state keeps only a hash', () => {
  expect(ignoredBoot(boot, boot, [])).toEqual([]);
  expect(ignoredBoot({ ...boot, userData: sha1(boot.userData) }, boot, [])).toEqual([]);
});

test('each value that differs is named', () => {
  expect(keysOf(boot, { ...boot, region: 'ams3' })).toEqual(['primary.region']);
  expect(keysOf(boot, { ...boot, image: 'debian-14-x64' })).toEqual(['image of the machine']);
  expect(keysOf(boot, { ...boot, sshKeys: ['cc:dd'] })).toEqual(['deployPublicKey']);
  expect(keysOf(boot, { ...boot, userData: '#cloud-config\n{"a":2}\n' })).toEqual(['hostPublicKey']);
  expect(keysOf({ ...boot, userData: sha1('other') }, boot)).toEqual(['hostPublicKey']);
});

test('with only a hash to compare, two new keys cannot be told apart and the report says so', () => {
  const actual = { ...boot, userData: sha1('other'), sshKeys: ['cc:dd'] };
  expect(keysOf(actual, boot)).toEqual(['deployPublicKey', 'hostPublicKey (or only deployPublicKey)']);
});

test('the line says what is, which key, and how the edit takes effect', () => {
  const [ignored] = ignoredBoot(boot, { ...boot, region: 'ams3' }, ['urn:droplet', 'urn:address']);
  expect(report(ignored ?? { key: '', actual: '', remedy: '' })).toBe(
    "the edit is ignored: the machine stays in fra1 — primary.region — put the old value back, or build the machine anew: `pulumi destroy --target-dependents --target 'urn:droplet' --target 'urn:address'`, then `pulumi up` (its data comes back by a restore only)",
  );
});

test('keys that coop rotate has put on the machine are not reported, until one is edited by hand again', () => {
  const actual = { ...boot, userData: sha1('other'), sshKeys: ['cc:dd'] };
  expect(keysOf(actual, { ...boot, carried: { host: true, deploy: true } })).toEqual([]);
  expect(keysOf(actual, { ...boot, carried: { host: false, deploy: true } })).toEqual([
    'hostPublicKey (or only deployPublicKey)',
  ]);
  expect(keysOf(actual, { ...boot, carried: { host: true, deploy: false } })).toEqual([
    'deployPublicKey',
    'hostPublicKey (or only deployPublicKey)',
  ]);
  const keys = {
    hostPublicKey: 'ssh-ed25519 AAAA host',
    secondaryHostPublicKey: 'ssh-ed25519 DDDD host',
    deployPublicKey: 'ssh-ed25519 BBBB deploy',
  };
  const rotated = { hostPublicKey: 'ssh-ed25519 AAAA', deployPublicKey: 'ssh-ed25519 CCCC' };
  expect(carriedKeys({ ...keys, rotated }, 'primary')).toEqual({ host: true, deploy: false });
  expect(carriedKeys({ ...keys, rotated }, 'secondary')).toEqual({ host: false, deploy: false });
  expect(carriedKeys({ ...keys, rotated: {} }, 'primary')).toEqual({ host: false, deploy: false });
});
