import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envFile, isWritable } from '../../../components/host/env-file.ts';

const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/).map((text) => `T_${text}`);
// What shells, Compose and dotenv trip over, mixed with anything else.
const piece = fc.oneof(
  fc.constantFrom(
    '$HOME',
    '$' + '{X}',
    '$$',
    '`id`',
    '$(id)',
    ' #',
    '#',
    '"',
    '\\',
    '\\n',
    '=',
    ';',
    '&',
    '|',
    '*',
    '~',
    '%',
    '!',
    ' ',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const value = fc
  .array(piece, { maxLength: 8 })
  .map((pieces) => pieces.join(''))
  .filter(isWritable);

describe('envFile', () => {
  it('is read back by a shell exactly as it was written, whatever the value', () => {
    const directory = mkdtempSync(join(tmpdir(), 'coop-env-'));
    try {
      fc.assert(
        fc.property(fc.dictionary(name, value, { minKeys: 1, maxKeys: 6 }), (values) => {
          const file = join(directory, 'env');
          writeFileSync(file, envFile(values));
          // As the containers do it: the names are arguments, the values come from the file.
          const script = 'set -a; . "$0"; set +a; for name; do printenv "$name" | tr "\\n" "\\0"; done';
          const read = execFileSync('sh', ['-c', script, file, ...Object.keys(values)], {
            env: { PATH: process.env.PATH },
          });
          expect(read.toString('utf8').split('\0').slice(0, -1)).toEqual(Object.values(values));
        }),
        { numRuns: 150 },
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it.each(["it's", 'two\nlines', 'carriage\rreturn', 'nul\0'])(
    'refuses %j and names the variable, not the value',
    (bad) => {
      expect(() => envFile({ SMTP_PASSWORD: bad })).toThrow(/SMTP_PASSWORD/);
      expect(() => envFile({ SMTP_PASSWORD: bad })).not.toThrow(bad);
    },
  );

  it('sorts by name', () => {
    expect(envFile({ B: '2', A: '1' })).toBe("A='1'\nB='2'\n");
  });
});
