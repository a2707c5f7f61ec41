import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { contentKey } from '../../../lab/services/content-key.ts';

const directory = mkdtempSync(join(tmpdir(), 'content-key-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'sub', 'file');
mkdirSync(join(directory, 'sub'));
writeFileSync(file, 'one');

test('the key stands for content, path and executable bit, and for nothing else', () => {
  const first = contentKey(directory);
  utimesSync(file, 1, 1);
  chmodSync(file, 0o600);
  expect(contentKey(directory)).toBe(first);
  const keys = new Set([first]);
  const changed = (change: () => void) => {
    change();
    expect(keys).not.toContain(contentKey(directory));
    keys.add(contentKey(directory));
  };
  changed(() => chmodSync(file, 0o700));
  changed(() => writeFileSync(file, 'two'));
  changed(() => writeFileSync(join(directory, 'other'), 'two'));
  changed(() => symlinkSync('other', join(directory, 'link')));
  expect(keys).not.toContain(contentKey(directory, 'a version'));
});
