import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { paths } from '../paths.ts';

/** Packages whose plugin the lab brings itself, at the version of the npm package the program uses. */
export const packages = ['cloudflare', 'command', 'digitalocean', 'hcloud'] as const;

const require = createRequire(import.meta.url);

/**
 * Lays the lab's plugins into a PULUMI_HOME, each bundled into one file: the engine starts them on every preview, and
 * a bundle starts in half the time of its sources.
 */
export async function layPlugins(home: string = paths.home): Promise<void> {
  await mkdir(paths.cache('plugins'), { recursive: true });
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: packages.map((name) =>
      fileURLToPath(new URL(`../providers/${name}.main.ts`, import.meta.url)),
    ),
    outdir: '/',
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    // As an ES module it would load every part of node:http, its WebSocket client included.
    format: 'cjs',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const { path, contents } of outputFiles) {
    const name = path.replace(/^\/(.*)\.main\.js$/, '$1');
    await layPlugin(home, name, contents);
  }
}

async function layPlugin(home: string, name: string, bundle: Uint8Array): Promise<void> {
  const { version } = JSON.parse(await readFile(require.resolve(`@pulumi/${name}/package.json`), 'utf8')) as {
    version: string;
  };
  const directory = join(home, 'plugins', `resource-${name}-v${version}`);
  const hash = createHash('sha256').update(bundle).digest('hex').slice(0, 16);
  const file = join(directory, `${hash}.cjs`);
  const scratch = `${directory}.new`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  await writeFile(join(scratch, `${hash}.cjs`), bundle);
  const executable = join(scratch, `pulumi-resource-${name}`);
  const cache = paths.cache('compile');
  const lines = ['#!/bin/sh', `NODE_COMPILE_CACHE='${cache}' exec '${paths.nodeBin}' '${file}' "$@"`, ''];
  await writeFile(executable, lines.join('\n'));
  await chmod(executable, 0o755);
  await rm(directory, { recursive: true, force: true });
  await rename(scratch, directory);
}
