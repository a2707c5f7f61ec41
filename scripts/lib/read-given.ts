import { readFileSync } from 'node:fs';
import { VisibleError } from '../../components/errors.ts';

/** A file that somebody named on the command line; - is stdin. */
export function readGiven(path: string, what: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch {
    throw new VisibleError(`cannot read ${what} — ${path} — give its file, or - for stdin`);
  }
}
