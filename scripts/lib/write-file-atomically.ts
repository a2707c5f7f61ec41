import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';

/** Replaces a file in one move: whoever reads it, or pulls the plug, finds the old one or the new one. Keeps its mode. */
export function writeFileAtomically(path: string, content: string): void {
  const mode = existsSync(path) ? statSync(path).mode & 0o777 : 0o644;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'wx', mode);
    try {
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
