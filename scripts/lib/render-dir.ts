import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { VisibleError } from '../../components/errors.ts';
import type { HostFile } from '../../components/host/types.ts';

/** Lies in every directory that was rendered; names the files, so that the next run removes only what it wrote. */
const marker = '.coop-render.json';

/** Writes a tree under `out` with its paths and modes; takes away what an earlier run wrote there and is no more. */
export function writeTree(out: string, stack: string, files: HostFile[]): void {
  const root = resolve(out);
  const before = previous(root);
  mkdirSync(root, { recursive: true });
  const paths = files.map((file) => place(root, file.path));
  // Named first: an interrupted run may be repeated.
  const names = [...new Set([...before, ...paths.map((path) => path.slice(root.length + 1))])];
  writeFileSync(join(root, marker), `${JSON.stringify({ stack, files: names }, null, 2)}\n`);
  for (const name of before) rmSync(join(root, name), { force: true });
  for (const [index, file] of files.entries()) {
    const path = paths[index] as string;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.content);
    // Not only when it is made: the umask would take bits away.
    chmodSync(path, file.mode);
  }
  const now = paths.map((path) => path.slice(root.length + 1));
  for (const name of before) if (!now.includes(name)) removeEmpty(root, dirname(join(root, name)));
  writeFileSync(join(root, marker), `${JSON.stringify({ stack, files: now }, null, 2)}\n`);
}

/** What an earlier run wrote; refuses a directory with anything in it that is not ours. */
function previous(root: string): string[] {
  if (!existsSync(root)) return [];
  const entries = readdirSync(root);
  if (entries.length === 0) return [];
  if (!entries.includes(marker))
    throw new VisibleError(
      `not an empty directory — ${root} holds files that coop render did not write — choose another --out`,
    );
  return (JSON.parse(readFileSync(join(root, marker), 'utf8')) as { files: string[] }).files;
}

function place(root: string, path: string): string {
  const full = resolve(root, `.${sep}${path}`);
  if (!full.startsWith(root + sep)) throw new Error(`a host file outside the tree: ${path}`);
  return full;
}

function removeEmpty(root: string, directory: string): void {
  for (
    let at = directory;
    at.startsWith(root + sep) && existsSync(at) && readdirSync(at).length === 0;
    at = dirname(at)
  )
    rmSync(at, { recursive: true });
}
