import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { paths } from '../paths.ts';
import { ensureProcess } from './process.ts';

export interface NodeService {
  name: string;
  /** The TypeScript file that serves when it is run. */
  entry: URL;
  heapMb: number;
  env?: Record<string, string>;
  /** Text whose change means a restart. */
  config?: string;
}

/** Runs one of the lab's own services, bundled into one file: half the memory and start of its TypeScript sources. */
export async function ensureNodeService({ name, entry, heapMb, env, config }: NodeService): Promise<void> {
  await ensureProcess({
    name,
    command: paths.nodeBin,
    args: [
      `--max-old-space-size=${heapMb}`,
      '--max-semi-space-size=2',
      await bundle(name, fileURLToPath(entry)),
    ],
    ...(env ? { env } : {}),
    ...(config ? { config } : {}),
  });
}

/** Not written out, or bundling this file would replace it. */
const here = ['import', 'meta', 'url'].join('.');

/** Named by its content, so that changed sources restart the service. */
async function bundle(name: string, entry: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'error',
    external: ['esbuild'],
    // CommonJS libraries ask for `require`.
    banner: {
      js: `import{createRequire as __createRequire}from'node:module';const require=__createRequire(${here});`,
    },
    plugins: [
      {
        name: 'where-it-was',
        setup: ({ onLoad }) => {
          // Sources find files beside themselves; only the entry is the program.
          onLoad({ filter: /\/lab\/.*\.ts$/ }, ({ path }) => ({
            loader: 'ts',
            contents: readFileSync(path, 'utf8')
              .replaceAll(here, JSON.stringify(pathToFileURL(path).href))
              .replaceAll(['import', 'meta', 'main'].join('.'), String(path === entry)),
          }));
        },
      },
    ],
  });
  const contents = outputFiles[0]?.contents as Uint8Array;
  const file = join(
    paths.run,
    `${name}-${createHash('sha256').update(contents).digest('hex').slice(0, 12)}.mjs`,
  );
  if (existsSync(file)) return file;
  mkdirSync(paths.run, { recursive: true });
  for (const old of readdirSync(paths.run))
    if (new RegExp(`^${name}-[0-9a-f]{12}\\.mjs$`).test(old)) rmSync(join(paths.run, old));
  writeFileSync(file, contents);
  return file;
}
