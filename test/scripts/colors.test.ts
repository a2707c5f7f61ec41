import { describe, expect, it } from 'vitest';
import { colorsFor } from '../../scripts/lib/colors.ts';
import { showStatus } from '../../scripts/lib/show-status.ts';
import { now, show, stackOf, well } from './shown-status.ts';

describe('colours', () => {
  it.each<[string, { isTTY?: boolean }, { color?: boolean }, NodeJS.ProcessEnv]>([
    ['piped', {}, {}, {}],
    ['with --no-color', { isTTY: true }, { color: false }, {}],
    ['with NO_COLOR', { isTTY: true }, {}, { NO_COLOR: '1' }],
    ['on a dumb terminal', { isTTY: true }, {}, { TERM: 'dumb' }],
  ])('are none when %s', (_, stream, options, env) => {
    expect(colorsFor(stream, options, env).red('x')).toBe('x');
  });

  it('are there on a terminal, and the text is the same', () => {
    const shown = showStatus(stackOf(well), colorsFor({ isTTY: true }, { color: true }, {}), { now });
    expect(shown).toContain('\u001b[32m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
    expect(shown.replaceAll(/\u001b\[\d+m/g, '')).toBe(show(well));
  });
});
