import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../scripts/lib/paths.ts';

const apart = new Set(['node_modules', '.git', '.lab', 'coverage']);

/** Every Markdown page of the checkout, as a path from its root. */
export function pages(directory = ''): string[] {
  return readdirSync(join(checkout, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return apart.has(entry.name) ? [] : pages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export const textOf = (page: string): string => readFileSync(join(checkout, page), 'utf8');

export interface Piece {
  /** Line of the page it begins in. */
  line: number;
  text: string;
  /** A shell block is taken at its word; a command inside a sentence may leave things out. */
  whole: boolean;
}

const fence = /^( *)(`{3,}|~{3,})(\S*).*\n([\s\S]*?)^ *\2[ \t]*$/gm;
const shells = new Set(['sh', 'bash', 'shell', 'console']);

/** The page with its fenced blocks blanked, line for line. */
export function prose(text: string): string {
  return text.replaceAll(fence, (block) => block.replaceAll(/[^\n]/g, ''));
}

/** What a page shows as code: its shell blocks, and what stands between backquotes. */
export function pieces(text: string): Piece[] {
  const lineOf = (index: number) => text.slice(0, index).split('\n').length;
  const blocks = [...text.matchAll(fence)]
    .filter(([, , , language]) => shells.has(language ?? ''))
    .map((match) => ({ line: lineOf(match.index) + 1, text: match[4] ?? '', whole: true }));
  const plain = prose(text);
  const inline = [...plain.matchAll(/(?<!`)(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g)].map((match) => ({
    line: plain.slice(0, match.index).split('\n').length,
    text: (match[2] ?? '').replaceAll('\\|', '|').replaceAll('\n', ' '),
    whole: false,
  }));
  return [...blocks, ...inline];
}
