import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const exec = promisify(execFile);

/** Version the stand-in acts as unless an image is built with another one. */
export const STANDIN_VERSION = '4.5.20';

/**
 * Bundles the stand-in and returns a directory to `docker build`: a Dockerfile (base `debian:trixie-slim`, build
 * arguments MASTODON_STANDIN_VERSION and MASTODON_STANDIN_FAULT), Node, the programs, and `context.sha256`.
 */
export async function standinContext(out = join(tmpdir(), 'social-coop-standin')): Promise<string> {
  const work = `${out}.${process.pid}`;
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, 'mastodon'), { recursive: true });
  await Promise.all([
    bundle(join(work, 'mastodon')),
    cp(join(here, 'image'), work, { recursive: true }),
    copyNode(join(work, 'node')),
  ]);
  await writeFile(
    join(work, 'mastodon/package.json'),
    '{ "name": "mastodon-stand-in", "private": true, "type": "module" }\n',
  );
  await writeFile(join(work, 'context.sha256'), `${await hashTree(work)}\n`);
  await rm(out, { recursive: true, force: true });
  await rename(work, out);
  return out;
}

async function bundle(outdir: string): Promise<void> {
  const entry = (name: string): string => join(here, 'src/main', `${name}.ts`);
  await build({
    entryPoints: {
      'lib/bundle': entry('bundle'),
      'lib/tootctl': entry('tootctl'),
      'lib/rails': entry('rails'),
      'streaming/index': entry('streaming'),
    },
    outdir,
    chunkNames: 'lib/chunk-[hash]',
    bundle: true,
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['pg-native'],
    logLevel: 'error',
    // pg and ioredis are CommonJS and call require for Node's own modules
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
}

/** Node as npm brought it, without its symbols: 18 MB less in every layer. */
async function copyNode(target: string): Promise<void> {
  await copyFile(join(root, 'node_modules/node/bin/node'), target);
  await exec('strip', [target]).catch(() => undefined);
}

async function hashTree(directory: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) {
    hash.update(`${path.slice(directory.length)}\0`);
    hash.update(await readFile(path));
  }
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${await standinContext(process.argv[2])}\n`);
