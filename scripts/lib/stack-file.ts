import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { nearest } from '../../components/config/nearest.ts';
import { VisibleError } from '../../components/errors.ts';

/** Namespace of the project's config keys: the project's name. */
export const prefix = 'instance:';

/** Where a stack's config lies. */
export const stackFile = (projectDir: string, stack: string): string =>
  join(projectDir, `Pulumi.${stack}.yaml`);

/** Stacks that have a file in the project. */
export function stacksOf(projectDir: string): string[] {
  return readdirSync(projectDir)
    .map((name) => /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/.exec(name)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/** Refuses a name that is no stack's, with the one that was probably meant. */
export function requireStack(projectDir: string, stack: string): void {
  checkStackName(stack);
  const known = stacksOf(projectDir);
  if (known.includes(stack)) return;
  const meant = nearest(stack, known);
  const remedy = meant ? `did you mean ${meant}?` : `make it with: coop init ${stack}`;
  const list = known.length > 0 ? `stacks here: ${known.join(', ')}` : 'no stack here yet';
  throw new VisibleError(`no stack ${stack} — ${projectDir} (${list}) — ${remedy}`);
}

/** Refuses what cannot be a stack's name, before it becomes part of a path or a command. */
export function checkStackName(stack: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(stack))
    throw new VisibleError(
      `not a stack name — ${JSON.stringify(stack)} — use letters, digits, "-", "_" and ".", at most 100`,
    );
}

/** A stack file as a document that keeps its comments; an empty one when the file is not there. */
export function readStackFile(path: string): { text: string; document: Document } {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem)
    throw new VisibleError(`not readable as YAML — ${path}: ${problem.message} — mend the file by hand`);
  return { text, document };
}

/** The text of a changed stack file; a file in which nothing changed stays as its author wrote it. */
export function textOf(document: Document, before: string): string {
  const same = JSON.stringify(document.toJS()) === JSON.stringify(parseDocument(before).toJS());
  return same ? before : document.toString({ lineWidth: 0 });
}

/** The config of a stack file as plain values without the project's prefix; `secure:` values as given by `secret`. */
export function configOf(document: Document, secret: (path: string[]) => unknown): Record<string, unknown> {
  const config = (document.toJS() as { config?: Record<string, unknown> } | null)?.config ?? {};
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(config)) {
    if (!name.startsWith(prefix)) continue;
    const short = name.slice(prefix.length);
    found[short] = reveal(value, [short], secret);
  }
  return found;
}

function reveal(value: unknown, path: string[], secret: (path: string[]) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item, index) => reveal(item, [...path, String(index)], secret));
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] === 'secure') return secret(path);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, reveal(item, [...path, key], secret)]),
  );
}
