import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publicKeyOf } from '../../components/config/keys.ts';
import { makeSshKeyPair, sshKeyPairFromSeed } from '../../scripts/lib/openssh.ts';

const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

describe('SSH key pairs', () => {
  it('are pairs: the private key holds the public one', () => {
    for (let i = 0; i < 20; i++) {
      // Comments of every length, so that every amount of padding is met.
      const { privateKey, publicKey } = makeSshKeyPair('x'.repeat(i));
      expect(publicKeyOf(privateKey)).toEqual({ line: publicKey.split(' ').slice(0, 2).join(' ') });
    }
  });

  it('are different every time, and from a seed the same', () => {
    expect(makeSshKeyPair('a').publicKey).not.toBe(makeSshKeyPair('a').publicKey);
    const seed = Buffer.alloc(32, 7);
    expect(sshKeyPairFromSeed(seed, 'a')).toEqual(sshKeyPairFromSeed(seed, 'a'));
  });

  it.skipIf(!hasKeygen)('are read by ssh-keygen (skipped where it is not installed)', () => {
    const directory = mkdtempSync(join(tmpdir(), 'coop-test-'));
    const path = join(directory, 'key');
    const { privateKey, publicKey } = makeSshKeyPair('host@staging');
    writeFileSync(path, privateKey, { mode: 0o600 });
    const said = spawnSync('ssh-keygen', ['-y', '-f', path], { encoding: 'utf8' });
    rmSync(directory, { recursive: true });
    expect(said.stdout.trim()).toBe(publicKey);
  });
});
