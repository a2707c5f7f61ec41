import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Context } from './context.ts';

const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.html': 'text/html',
  '.txt': 'text/plain',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.jpg': 'image/jpeg',
};

/** Serves a file of public/, when there is one at this path; says whether it did. */
export async function serveStatic(context: Context): Promise<boolean> {
  const { req, res, url } = context;
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  const type = TYPES[extname(url.pathname)];
  if (!type) return false;
  const root = join(process.cwd(), 'public');
  const path = normalize(join(root, decoded(url.pathname)));
  if (!path.startsWith(`${root}/`)) return false;
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) return false;
  res.setHeader('content-type', type);
  res.setHeader('content-length', facts.size);
  const lasting = url.pathname.startsWith('/packs/') || url.pathname.startsWith('/system/');
  res.setHeader('cache-control', lasting ? 'public, max-age=2419200, immutable' : 'public, max-age=3600');
  if (req.method === 'HEAD') res.end();
  else await pipeline(createReadStream(path), res).catch(() => res.destroy());
  return true;
}

/** A path that is not well encoded names no file. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
