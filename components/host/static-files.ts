import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest, type Rule } from './manifest.ts';

const root = new URL('../../host', import.meta.url).pathname;

export interface StaticFile {
  /** Path on the machine; `.tmpl` taken off. */
  path: string;
  template: boolean;
  content: string;
}

function* walk(directory: string): Generator<string> {
  const entries = readdirSync(directory, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

/** The tree under host/ as it lies in the checkout. */
export function staticFiles(): StaticFile[] {
  return [...walk(root)]
    .filter((path) => path !== join(root, 'MANIFEST'))
    .map((path) => ({
      path: path.slice(root.length).replace(/\.tmpl$/, ''),
      template: path.endsWith('.tmpl'),
      content: readFileSync(path, 'utf8'),
    }));
}

export function staticRules(): Rule[] {
  return parseManifest(readFileSync(join(root, 'MANIFEST'), 'utf8'));
}
