import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '../paths.ts';
import { findGo } from './find-go.ts';

export interface GoToolOptions {
  /** Linker flags, such as `-X package.Version=v1`; part of the cache key. */
  ldflags?: string;
  /** Told what takes long; the default writes to stderr. */
  say?: (line: string) => void;
}

/** Where `goTool` keeps the binary: a changed go.mod, go.sum or flag is another place. */
export async function goToolPath(dir: string, name: string, ldflags = ''): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(dir, file)));
  hash.update(`${process.platform}/${process.arch}\0${ldflags}`);
  return paths.cache('go', `${name}-${hash.digest('hex').slice(0, 16)}`, name);
}

/**
 * Builds the one `tool` that the go.mod in `dir` names, or finds it in the cache; returns the binary's path.
 * https://go.dev/doc/modules/managing-dependencies#tools
 */
export async function goTool(dir: string, name: string, options: GoToolOptions = {}): Promise<string> {
  const binary = await goToolPath(dir, name, options.ldflags);
  if (existsSync(binary)) return binary;
  const say = options.say ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const go = await findGo(say);
  say(`building ${name} with ${go} (once; kept in ${paths.cache('go')})`);
  const started = Date.now();
  await mkdir(paths.cache('go'), { recursive: true });
  const scratch = await mkdtemp(paths.cache('go', `.${name}-`));
  try {
    await build(go, dir, scratch, options.ldflags);
    if (!existsSync(join(scratch, name))) throw new Error(`${dir}/go.mod has no tool ${name} — ${scratch}`);
    // A rename is atomic: a build that was killed leaves no half binary to be found.
    await rename(scratch, join(binary, '..')).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(binary)) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  say(`built ${name} in ${Math.round((Date.now() - started) / 1000)} s`);
  return binary;
}

function build(go: string, dir: string, target: string, ldflags = ''): Promise<void> {
  // `auto` lets an older Go fetch the toolchain go.mod asks for; a C compiler must not change the result.
  const env = {
    ...process.env,
    GOBIN: target,
    GOWORK: 'off',
    GOTOOLCHAIN: 'auto',
    GOFLAGS: '-buildvcs=false',
    CGO_ENABLED: '0',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(go, ['install', '-ldflags', ldflags, 'tool'], {
      cwd: dir,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve();
      const tail = Buffer.concat(output).toString().split('\n').slice(-20).join('\n');
      reject(new Error(`go install failed (exit ${code}) — ${dir} — ${tail}`));
    });
  });
}
