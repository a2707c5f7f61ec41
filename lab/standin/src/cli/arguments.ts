import { Problem } from '../core/problem.ts';

export interface Parsed {
  words: string[];
  options: Map<string, string | true>;
}

const FLAGS = new Set([
  'confirmed',
  'approve',
  'all',
  'force',
  'dry-run',
  'verbose',
  'reset-password',
  'enable',
  'disable',
  'remove-role',
  'version',
  'help',
  'disable-2fa',
  'only-local',
  'include-follows',
  'clean-followed',
  'skip-media-remove',
  'remove-headers',
  'prune-profiles',
]);

/** Thor's reading of a command line: words, `--flag`, `--name value` and `--name=value`. */
export function parseArguments(args: string[]): Parsed {
  const parsed: Parsed = { words: [], options: new Map() };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!arg.startsWith('-') || /^-?\d+$/.test(arg)) {
      parsed.words.push(arg);
      continue;
    }
    const [name = '', joined] = arg.replace(/^--?/, '').split('=', 2);
    if (joined !== undefined) parsed.options.set(name, joined);
    else if (FLAGS.has(name)) parsed.options.set(name, true);
    else {
      const value = rest.shift();
      if (value === undefined) throw new Problem(`No value provided for option '--${name}'`);
      parsed.options.set(name, value);
    }
  }
  return parsed;
}
