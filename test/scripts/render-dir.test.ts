import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostFile } from '../../components/host/types.ts';
import { writeTree } from '../../scripts/lib/render-dir.ts';

let out: string;
beforeEach(() => {
  out = join(mkdtempSync(join(tmpdir(), 'coop-test-')), 'tree');
});
afterEach(() => rmSync(join(out, '..'), { recursive: true }));

const file = (path: string, content: string, mode = 0o644): HostFile => ({
  path,
  content,
  mode,
  owner: 'root',
  group: 'root',
});

describe('a rendered tree', () => {
  it('has the paths and modes of the machine, whatever the umask', () => {
    const umask = process.umask(0o077);
    writeTree(out, 'staging', [file('/etc/a/b', 'x', 0o755), file('/opt/secret', 'y', 0o600)]);
    process.umask(umask);
    expect(readFileSync(join(out, 'etc/a/b'), 'utf8')).toBe('x');
    expect(statSync(join(out, 'etc/a/b')).mode & 0o7777).toBe(0o755);
    expect(statSync(join(out, 'opt/secret')).mode & 0o7777).toBe(0o600);
  });

  it('replaces an earlier one: what is no more goes, with its empty directories', () => {
    writeTree(out, 'staging', [file('/etc/a/b', 'x'), file('/etc/c', 'x')]);
    writeTree(out, 'staging', [file('/etc/c', 'z', 0o600)]);
    expect(existsSync(join(out, 'etc/a'))).toBe(false);
    expect(readFileSync(join(out, 'etc/c'), 'utf8')).toBe('z');
    expect(readdirSync(out).sort()).toEqual(['.coop-render.json', 'etc']);
  });

  it('is not written over anything else', () => {
    writeTree(out, 'staging', [file('/etc/c', 'x')]);
    rmSync(join(out, '.coop-render.json'));
    expect(() => writeTree(out, 'staging', [file('/etc/c', 'z')])).toThrow(/not an empty directory/);
    expect(readFileSync(join(out, 'etc/c'), 'utf8')).toBe('x');
  });

  it('leaves a file alone that somebody put beside it', () => {
    writeTree(out, 'staging', [file('/etc/a/b', 'x')]);
    writeFileSync(join(out, 'etc/a/note'), 'mine');
    writeTree(out, 'staging', [file('/etc/c', 'x')]);
    expect(readFileSync(join(out, 'etc/a/note'), 'utf8')).toBe('mine');
    expect(existsSync(join(out, 'etc/a/b'))).toBe(false);
  });

  it('stays inside its directory', () => {
    expect(() => writeTree(out, 'staging', [file('/../../evil', 'x')])).toThrow(/outside the tree/);
  });
});
