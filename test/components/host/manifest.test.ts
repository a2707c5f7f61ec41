import { describe, expect, it } from 'vitest';
import { parseManifest, ruleFor } from '../../../components/host/manifest.ts';

describe('the manifest of modes', () => {
  const rules = parseManifest('# comment\n/a/b/* 0755 root root\n/a/** 0440 root 991 # why\n');

  it('lets the first pattern that fits win, and * stay within a directory', () => {
    expect(ruleFor(rules, '/a/b/c')).toMatchObject({ mode: 0o755, group: 'root' });
    expect(ruleFor(rules, '/a/b/c/d')).toMatchObject({ mode: 0o440, group: '991' });
    expect(ruleFor(rules, '/b')).toMatchObject({ mode: 0o644, owner: 'root' });
  });

  it.each(['/a 755 root root', '/a 0755 root', '/a 0999 root root', '/a 0755 root root more'])(
    'refuses %j',
    (line) => {
      expect(() => parseManifest(line)).toThrow(line);
    },
  );
});
