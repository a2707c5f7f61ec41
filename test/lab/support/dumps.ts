import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '../../../lab/paths.ts';
import type { ApplyLab } from './apply-lab.ts';

interface Told {
  rows: number;
  odd: number;
  seen: number;
  strange: number;
  functions: string;
  phases: string[];
  tried: { key: string; result: string; format: string; reason: string }[];
}

const program = '/root/dumps.sh';
const forms = {
  'custom.dump': 'custom',
  'custom-in-gzip.dump.gz': 'custom',
  'directory/': 'directory',
  'tar.tar': 'tar',
  'plain.sql': 'sql',
  'create-clean.sql.gz': 'sql',
  'inserts.sql.zst': 'sql',
  'cluster.sql': 'cluster',
  'cluster-clean.sql.gz': 'cluster',
};

/** What the machine does with each form of dump, on a real PostgreSQL: of 17's pg_dump made there, of 15's as it lies in fixtures. */
export function describeDumps(get: () => ApplyLab): void {
  describe('a plain dump', () => {
    beforeAll(async () => {
      const fixtures = execFileSync('tar', ['-cz', '-C', join(checkout, 'test/fixtures/dumps'), '.']);
      await get().must(
        'install -d /var/lib/dumptest/fixtures && base64 -d | tar -xzC /var/lib/dumptest/fixtures --no-same-owner && chmod -R a+rX /var/lib/dumptest',
        { input: fixtures.toString('base64') },
      );
      const text = readFileSync(join(checkout, 'test/lab/support/dumps.sh'));
      await get().must(`base64 -d > ${program} && bash ${program} prepare`, {
        input: text.toString('base64'),
      });
    }, 120_000);

    const restore = async (...keys: string[]): Promise<Told> => {
      const words = keys.map((key) => `'${key}'`).join(' ');
      return JSON.parse(await get().must(`bash ${program} restore ${words}`));
    };
    const whole = { odd: 60, seen: 50, strange: 0, functions: 'mastodon', phases: ['fetch', 'test', 'load'] };

    it.each(
      Object.entries(forms).flatMap(([name, form]) =>
        // The other forms of 15 differ from 17's in their heads alone.
        ['custom.dump', 'directory/', 'create-clean.sql.gz', 'cluster.sql'].includes(name)
          ? [
              [`15/${name}`, form],
              [`17/${name}`, form],
            ]
          : [[`17/${name}`, form]],
      ),
    )('%s is restored as %s, whole, and belongs to the app', async (key, format) => {
      expect(await restore(key)).toEqual({
        ...whole,
        rows: 60,
        tried: [{ key, result: 'restored', format, reason: '' }],
      });
    });

    it('is passed over where it is cut off, whatever its form, and the next older one is taken', async () => {
      const cut = Object.keys(forms).map((name) => `cut/${name}`);
      const { tried, rows } = await restore(...cut, 'cut/words', '17/globals.sql', '17/custom.dump');
      expect(rows).toBe(60);
      const shown = Object.fromEntries(tried.map(({ key, result }) => [key, result]));
      expect(shown).toEqual({
        ...Object.fromEntries(cut.map((key) => [key, 'truncated'])),
        'cut/words': 'unusable',
        '17/globals.sql': 'unusable',
        '17/custom.dump': 'restored',
      });
      const why = (key: string) => tried.find((each) => each.key === key)?.reason;
      expect(why('cut/plain.sql')).toContain('its last line is not there');
      expect(why('cut/directory/')).toMatch(/dat\.gz is cut off or damaged/);
      expect(why('17/globals.sql')).toContain('no database of the app');
    });

    it('that is none ends the restore, with the reason for each', async () => {
      const ran = await get().ssh(`bash ${program} restore cut/words cut/custom.dump`);
      expect(ran.code).toBe(1);
      expect(ran.output).toMatch(
        /none of the 2 dump\(s\) can be restored.*words: it is no dump.*end of file/,
      );
    });
  });
}
