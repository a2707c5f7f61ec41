import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFileAtomically } from '../../scripts/lib/write-file-atomically.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'coop-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('replaces a file in one move, keeps its mode, and leaves nothing beside it', () => {
  const path = join(directory, 'Pulumi.staging.yaml');
  writeFileSync(path, 'old');
  chmodSync(path, 0o600);
  const { ino } = statSync(path);
  writeFileAtomically(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(path).ino).not.toBe(ino);
  expect(readdirSync(directory)).toEqual(['Pulumi.staging.yaml']);
});

it('leaves nothing behind when it fails', () => {
  expect(() => writeFileAtomically(directory, 'new')).toThrow();
  expect(
    readdirSync(join(directory, '..')).filter(
      (name) => name.endsWith('.tmp') && name.includes(directory.split('/').at(-1) as string),
    ),
  ).toEqual([]);
});
