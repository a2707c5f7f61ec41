import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { paths } from '../paths.ts';
import { aptTransport, reachableMirror } from './apt-source.ts';
import { docker, run } from './exec.ts';
import { baseImage } from './names.ts';

async function imageId(reference: string): Promise<string | undefined> {
  const ran = await run('docker', ['image', 'inspect', '-f', '{{.Id}}', reference], { allowFailure: true });
  return ran.code === 0 ? ran.stdout.trim() : undefined;
}

/** Makes `debian:trixie-slim` exist — pulled where a registry answers, else made by debootstrap — and returns its id. */
export async function ensureBaseImage(say: (line: string) => void = console.error): Promise<string> {
  const present = await imageId(baseImage);
  if (present) return present;
  if (!(await pulled())) {
    const tar = await debootstrapped(say);
    say(`importing ${baseImage} made by debootstrap`);
    await docker(['import', tar, baseImage], { timeoutMs: 300_000 });
  } else say(`pulled ${baseImage}`);
  return (await imageId(baseImage)) as string;
}

/** A registry that does not answer must not cost minutes; one that does may take its time. */
async function pulled(): Promise<boolean> {
  const mirrors = await docker(['info', '--format', '{{len .RegistryConfig.Mirrors}}']);
  const reachable =
    mirrors !== '0' ||
    (await fetch('https://registry-1.docker.io/v2/', { signal: AbortSignal.timeout(4_000) }).then(
      () => true,
      () => false,
    ));
  if (!reachable) return false;
  return (
    (await run('docker', ['pull', '-q', baseImage], { allowFailure: true, timeoutMs: 300_000 })).code === 0
  );
}

/** A tar of Debian's smallest tree, from the cache or made now. */
async function debootstrapped(say: (line: string) => void): Promise<string> {
  const tar = paths.cache(`debian-trixie-minbase-${process.arch}.tar`);
  if (existsSync(tar)) return tar;
  const mirror = await reachableMirror();
  say(`debootstrap trixie from ${mirror}`);
  mkdirSync(dirname(tar), { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'coop-lab-base.'));
  try {
    const root = join(work, 'root');
    const { proxy, caFile } = await aptTransport();
    const env = {
      ...(proxy ? { http_proxy: proxy, https_proxy: proxy } : {}),
      ...(caFile ? { SSL_CERT_FILE: caFile } : {}),
    };
    await run('debootstrap', ['--variant=minbase', 'trixie', root, mirror], { env, timeoutMs: 900_000 });
    for (const spare of ['var/cache/apt', 'var/lib/apt/lists', 'var/log'])
      await run('find', [join(root, spare), '-type', 'f', '-delete']);
    await run('tar', ['--numeric-owner', '-C', root, '-cf', `${tar}.${process.pid}`, '.'], {
      timeoutMs: 120_000,
    });
    renameSync(`${tar}.${process.pid}`, tar);
    return tar;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
