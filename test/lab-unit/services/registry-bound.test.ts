import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bound } from '../../../lab/services/registry.ts';

const storage = mkdtempSync(join(tmpdir(), 'registry-'));
afterEach(() => rmSync(storage, { recursive: true, force: true }));

test('storage is kept until it is larger than its bound, counting every layer however deep', () => {
  mkdirSync(join(storage, 'a', 'b'), { recursive: true });
  for (const file of ['one', 'a/two', 'a/b/three']) writeFileSync(join(storage, file), Buffer.alloc(100_000));
  bound(storage, 400_000);
  expect(existsSync(join(storage, 'a/b/three'))).toBe(true);
  bound(storage, 299_000);
  expect(existsSync(storage)).toBe(false);
  bound(storage, 1);
});
