import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bare, parsePublicKey, publicKeyOf, vapidMismatch } from '../../../components/config/keys.ts';
import { openSshPair } from '../../fixtures/facts.ts';
import { freshSecrets } from '../../fixtures/stack.ts';

const place = mkdtempSync(join(tmpdir(), 'keys-'));
afterAll(() => rmSync(place, { recursive: true }));

/** A pair as OpenSSH's own tool makes it. */
function keygen(name: string, type: string, passphrase = ''): { privateKey: string; publicKey: string } {
  const file = join(place, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'a comment', '-f', file]);
  return { privateKey: readFileSync(file, 'utf8'), publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
}

test('the public half of a key of ssh-keygen is found in its private half', () => {
  const { privateKey, publicKey } = keygen('plain', 'ed25519');
  expect(publicKeyOf(privateKey)).toEqual({ line: bare(publicKey) });
});

test.each([
  ['another type', () => keygen('ecdsa', 'ecdsa').privateKey, 'is not an ed25519 key'],
  [
    'a passphrase',
    () => keygen('locked', 'ed25519', 'sesame').privateKey,
    'is protected by a passphrase of its own',
  ],
  ['no key', () => 'hello', 'is not an OpenSSH private key'],
  [
    'another format',
    () => '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
    'is not an OpenSSH private key',
  ],
])('a private key with %s is refused', (_, make, reason) => {
  expect(publicKeyOf(make())).toEqual({ reason });
});

test('a private key with any of its bytes cut off or changed is never taken for another key', () => {
  const { privateKey, publicKey } = openSshPair('x');
  const lines = privateKey.trim().split('\n');
  const data = Buffer.from(lines.slice(1, -1).join(''), 'base64');
  for (let at = 0; at < data.length; at++) {
    const changed = Buffer.from(data);
    changed[at] = (changed[at] ?? 0) ^ 1;
    for (const bytes of [changed, data.subarray(0, at)]) {
      const pem = [lines[0], bytes.toString('base64') || 'AAAA', lines.at(-1), ''].join('\n');
      const found = publicKeyOf(pem);
      if ('line' in found) expect(found.line).toBe(bare(publicKey));
    }
  }
});

test.each(['ed25519', 'ecdsa', 'rsa'])('a public key of type %s is read', (type) => {
  expect(parsePublicKey(keygen(`public-${type}`, type).publicKey)).toMatchObject({
    type: expect.stringContaining(type),
  });
});

test.each([
  '',
  'ssh-ed25519',
  'ssh-ed25519 AAAA',
  'ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA== x',
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAIjbqSCpLYVyLKOOnV9LDZUilVr2KGyXcSrRxYQxOEU o'hara",
])('%j is no public key', (line) => {
  expect(parsePublicKey(line)).toBeUndefined();
});

test('two halves of one VAPID pair match, with and without padding; of two pairs they do not', () => {
  const [one, two] = [freshSecrets().secrets, freshSecrets().secrets];
  expect(vapidMismatch(one.vapidPrivateKey, one.vapidPublicKey)).toBeUndefined();
  expect(
    vapidMismatch(one.vapidPrivateKey.replace('=', ''), one.vapidPublicKey.replace('=', '')),
  ).toBeUndefined();
  expect(vapidMismatch(one.vapidPrivateKey, two.vapidPublicKey)).toBe('belongs to another private key');
  expect(vapidMismatch('A'.repeat(43), two.vapidPublicKey)).toBe('is not a private key of the curve P-256');
});
