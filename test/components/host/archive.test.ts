import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { archive, manifestOf } from '../../../components/host/archive.ts';
import { type HostFile, renderHost } from '../../../components/host/render.ts';
import { facts } from '../../fixtures/facts.ts';

const files = renderHost(facts());
const directory = mkdtempSync(join(tmpdir(), 'coop-archive-'));
afterAll(() => rmSync(directory, { recursive: true }));

const file = (changes: Partial<HostFile> = {}): HostFile => ({
  path: '/etc/a',
  mode: 0o644,
  owner: 'root',
  group: 'root',
  content: 'a\n',
  ...changes,
});

describe('archive', () => {
  it('gives the same bytes for the same files', () => {
    expect(archive(structuredClone(files))).toEqual(archive(files));
  });

  it('is unpacked by tar without a complaint into the files and their manifest, unreadable for others', () => {
    const { tar } = archive(files);
    const said = execFileSync('sh', ['-c', 'base64 -d | tar -xC "$1" 2>&1', 'sh', directory], { input: tar });
    expect(said.toString()).toBe('');
    for (const { path, content } of files) {
      expect(readFileSync(join(directory, path), 'utf8'), path).toBe(content);
      expect(statSync(join(directory, path)).mode & 0o077, path).toBe(0);
    }
    expect(readFileSync(join(directory, 'MANIFEST'), 'utf8')).toBe(manifestOf(files));
  });

  it('has another hash when content, mode, owner or path of a file changes', () => {
    const changes = [
      {},
      { content: 'b\n' },
      { mode: 0o600 },
      { owner: '991' },
      { group: '991' },
      { path: '/etc/b' },
    ];
    const hashes = changes.map((change) => archive([file(change)]).hash);
    expect(new Set(hashes).size).toBe(changes.length);
  });

  it('refuses what a machine could not compare or a tar not carry', () => {
    expect(() => archive([file({ owner: 'postgres' })])).toThrow(/number/);
    expect(() => archive([file({ path: '/etc/with space' })])).toThrow(/with space/);
    expect(() => archive([file({ path: `/etc/${'x'.repeat(100)}` })])).toThrow(/longer/);
  });
});
