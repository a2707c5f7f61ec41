import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { cloudInit } from '../../../components/machine/cloud-init.ts';
import { openSshPair } from '../../fixtures/facts.ts';

const [host, deploy] = [openSshPair('host'), openSshPair('deploy')];
const keys = { hostKey: host.privateKey, hostPublicKey: host.publicKey, deployPublicKey: deploy.publicKey };
const read = (userData: string) => parse(userData.replace(/^#cloud-config\n/, ''));

test('gives the machine the pinned host key and nobody but root a way in', () => {
  expect(read(cloudInit(keys))).toMatchObject({
    disable_root: false,
    ssh_pwauth: false,
    users: [],
    ssh_authorized_keys: [deploy.publicKey.replace(' deploy', '')],
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: host.privateKey, ed25519_public: host.publicKey.replace(' host', '') },
  });
});

test('begins as cloud-init wants it and fits into what the clouds take', () => {
  const userData = cloudInit(keys);
  expect(userData.startsWith('#cloud-config\n')).toBe(true);
  expect(Buffer.byteLength(userData)).toBeLessThan(16 * 1024);
});

test('a key that lost its last line break, or came with Windows ones, still is a key file', () => {
  const { ssh_keys } = read(
    cloudInit({ ...keys, hostKey: host.privateKey.trimEnd().replaceAll('\n', '\r\n') }),
  );
  expect(ssh_keys.ed25519_private).toBe(host.privateKey);
});

test('a comment beside a key changes nothing', () => {
  expect(cloudInit({ ...keys, deployPublicKey: `${deploy.publicKey} at the new laptop` })).toBe(
    cloudInit(keys),
  );
});

test('asks apt for nothing when every package is there, and for the list when one is missing', () => {
  const [[shell, flag, script]] = read(cloudInit(keys)).runcmd as [[string, string, string]];
  expect([shell, flag]).toEqual(['sh', '-c']);
  const bin = mkdtempSync(join(tmpdir(), 'bin-'));
  const stub = (name: string, body: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  const run = (installed: boolean) => {
    stub('dpkg', installed ? 'exit 0' : 'exit 1');
    stub('apt-get', 'echo "$*"');
    return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: { PATH: bin } });
  };
  try {
    expect(run(true)).toBe('');
    expect(run(false)).toMatch(
      /^-q .*update\n-q .*install -y --no-install-recommends ca-certificates .*zstd\n$/,
    );
  } finally {
    rmSync(bin, { recursive: true });
  }
});
