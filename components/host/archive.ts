import { createHash } from 'node:crypto';
import { createTar } from 'nanotar';
import type { HostFile } from './types.ts';

export interface HostArchive {
  /** base64 of an uncompressed tar, the same bytes for the same files. */
  tar: string;
  /** sha256 of what the machine is to look like: paths, modes, owners and contents. */
  hash: string;
}

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');
/** Two empty blocks end a tar; nanotar writes them only when there is room. */
const end = Buffer.alloc(1024);
const octal = (mode: number) => mode.toString(8).padStart(4, '0');

/** Numbers only: what is on the machine is compared with this as text. */
function numeric(path: string, owner: string): string {
  if (owner === 'root') return '0';
  if (!/^\d+$/.test(owner))
    throw new Error(`${path}: an owner other than root is given as a number, not ${owner}`);
  return owner;
}

/** `SHA256 MODE UID GID PATH` of every file: what apply installs, compares and removes by. */
export function manifestOf(files: HostFile[]): string {
  return files
    .map(({ path, mode, owner, group, content }) => {
      if (!/^\/[\w./@+-]+$/.test(path)) throw new Error(`${path}: such a path cannot stand in a manifest`);
      return `${sha256(content)} ${octal(mode)} ${numeric(path, owner)} ${numeric(path, group)} ${path}\n`;
    })
    .join('');
}

/** Packs a tree for apply. Files are root's and 0600 or 0700 in transit; apply gives mode and owner by the manifest. */
export function archive(files: HostFile[]): HostArchive {
  const manifest = manifestOf(files);
  const entry = (path: string, content: string, mode: number) => ({
    name: path.replace(/^\//, ''),
    data: Buffer.from(content),
    attrs: { mode: mode & 0o100 ? '700' : '600', uid: 0, gid: 0, mtime: 0, user: 'root', group: 'root' },
  });
  const long = files.find(({ path }) => path.length > 100);
  if (long) throw new Error(`${long.path} is longer than a tar header holds`);
  const tar = createTar([
    entry('/MANIFEST', manifest, 0o600),
    ...files.map(({ path, content, mode }) => entry(path, content, mode)),
  ]);
  return { tar: Buffer.concat([Buffer.from(tar), end]).toString('base64'), hash: sha256(manifest) };
}
