import { fileURLToPath } from 'node:url';

/** Arguments for a small service written in TypeScript: a heap bound, and one semi-space step instead of many. */
export function nodeArgs(script: URL, heapMb: number, ...args: string[]): string[] {
  return [
    `--max-old-space-size=${heapMb}`,
    '--max-semi-space-size=2',
    '--disable-warning=ExperimentalWarning',
    fileURLToPath(script),
    ...args,
  ];
}
