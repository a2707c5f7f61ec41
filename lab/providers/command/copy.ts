import { readFile } from 'node:fs/promises';
import type { Properties } from '../lib/wire.ts';

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A file asset as a command that writes what it reads, and what it is to read. */
export async function copySource(given: Properties): Promise<{ command: string; content: Buffer }> {
  const { path, text } = given.source as { path?: string; text?: string };
  if (path === undefined && text === undefined) {
    throw new Error("only file and string assets are supported by the lab's command plugin — source");
  }
  const content = path === undefined ? Buffer.from(text ?? '') : await readFile(path);
  return { command: `cat > ${quote(String(given.remotePath))}`, content };
}
