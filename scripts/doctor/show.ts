import type { Colors, Paint } from '../lib/colors.ts';
import type { Result } from './examine.ts';
import type { Level } from './types.ts';

const sign: Record<Level, string> = { ok: '●', warning: '▲', failure: '✖', skipped: '·' };

/** One line per finding, what to do about it below; the worst count last. */
export function showResults(results: Result[], colors: Colors): string {
  const paint: Record<Level, Paint> = {
    ok: colors.green,
    warning: colors.yellow,
    failure: colors.red,
    skipped: colors.dim,
  };
  let before = '';
  const lines = results.flatMap(({ check, level, text, remedy }) => {
    const name = (check === before ? '' : check).padEnd(12);
    before = check;
    return [
      `${colors.dim(name)} ${paint[level](sign[level])} ${text}`,
      ...(remedy ? [`${' '.repeat(15)}→ ${remedy}`] : []),
    ];
  });
  const count = (level: Level) => results.filter((result) => result.level === level).length;
  const sum = `${count('failure')} to mend, ${count('warning')} worth a look, ${count('ok')} well`;
  const left = count('skipped') > 0 ? `, ${count('skipped')} not looked at` : '';
  return `${[...lines, '', colors.bold(sum + left)].join('\n')}\n`;
}

export const isIll = (results: Result[]): boolean => results.some(({ level }) => level === 'failure');
