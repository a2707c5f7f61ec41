import './scratch.ts';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { paths } from '../../../lab/paths.ts';
import { ensureCa, ensureLeaf, writeTrust } from '../../../lab/services/ca.ts';

const verify = (cert: string, ...more: string[]) => {
  try {
    return execFileSync('openssl', ['verify', '-CAfile', paths.caCert, ...more, cert], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
};

test('a leaf is valid for its names and addresses and for no others', async () => {
  await ensureCa();
  const leaf = await ensureLeaf('registry', ['registry.lab.test'], ['198.18.0.11']);
  expect(verify(leaf.cert, '-verify_hostname', 'registry.lab.test')).toContain('OK');
  expect(verify(leaf.cert, '-verify_ip', '198.18.0.11')).toContain('OK');
  expect(verify(leaf.cert, '-verify_hostname', 'mail.lab.test')).toContain('hostname mismatch');
});

test('the lab’s authority is worthless for every name outside the lab', async () => {
  await ensureCa();
  const leaf = await ensureLeaf('bank', ['bank.example']);
  expect(verify(leaf.cert)).toContain('permitted subtree violation');
});

test('what exists is kept, and other names make another certificate', async () => {
  const ca = await ensureCa();
  const first = await ensureLeaf('kept', ['a.lab.test']);
  expect(await ensureCa()).toBe(ca);
  expect((await ensureLeaf('kept', ['a.lab.test'])).pem).toBe(first.pem);
  expect((await ensureLeaf('kept', ['b.lab.test'])).pem).not.toBe(first.pem);
});

test('private keys are readable by their owner alone', async () => {
  await ensureCa();
  const leaf = await ensureLeaf('mode', ['mode.lab.test']);
  for (const file of [paths.caKey, leaf.key]) expect(statSync(file).mode & 0o077, file).toBe(0);
});

test('clients trust the lab’s authority and the roots added to it, once each', async () => {
  const ca = await ensureCa();
  const other = readFileSync((await ensureLeaf('root', ['root.lab.test'])).cert, 'utf8');
  writeTrust([other]);
  expect(writeTrust([other])).toBe(`${ca.trim()}\n${other.trim()}\n`);
  expect(readFileSync(paths.trust, 'utf8').match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
});
