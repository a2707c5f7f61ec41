import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { paths } from '../paths.ts';
import { aptTransport, reachableMirror } from './apt-source.ts';
import { ensureBaseImage } from './base-image.ts';
import { docker, run } from './exec.ts';

const repository = 'coop-lab-machine';
const source = fileURLToPath(new URL('image/', import.meta.url));

/** Path, mode and content of every file an image is made of, and what it stands on. */
function contentKey(base: string): string {
  const hash = createHash('sha256').update(base);
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).sort();
  for (const file of files) {
    const stat = statSync(join(source, file));
    // Of the mode only what git keeps: a checkout's umask must not change the key.
    if (stat.isFile())
      hash.update(`\0${file}\0${stat.mode & 0o100}\0`).update(readFileSync(join(source, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

let building: Promise<string> | undefined;

/** The image every machine boots from, built when its files or its base changed; returns its reference. */
export function ensureMachineImage(say: (line: string) => void = console.error): Promise<string> {
  // Machines created at the same time wait for one build.
  building ??= prepare(say).finally(() => {
    building = undefined;
  });
  return building;
}

async function prepare(say: (line: string) => void): Promise<string> {
  const reference = await ensureImage(say);
  await ensureVar(reference);
  return reference;
}

async function ensureImage(say: (line: string) => void = console.error): Promise<string> {
  const reference = `${repository}:${contentKey(await ensureBaseImage(say))}`;
  if ((await run('docker', ['image', 'inspect', reference], { allowFailure: true })).code === 0)
    return reference;
  const mirror = await reachableMirror();
  say(`building the machine image with packages from ${mirror}`);
  const context = mkdtempSync(join(tmpdir(), 'coop-lab-image.'));
  try {
    cpSync(source, context, { recursive: true });
    await writeTransport(context, mirror);
    const args = ['build', '-q', '--network', 'host', '--build-arg', `APT_MIRROR=${mirror}`, '-t', reference];
    await docker([...args, context], { timeoutMs: 1_200_000 });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  await removeOlder(reference);
  return reference;
}

/** How apt reaches the mirror from here; both files empty on a host that needs neither proxy nor CA. */
async function writeTransport(context: string, mirror: string): Promise<void> {
  const { conf, caFile } = await aptTransport();
  const withCa = caFile !== undefined && mirror.startsWith('https:');
  writeFileSync(join(context, 'ca.crt'), withCa ? readFileSync(caFile) : '');
  writeFileSync(
    join(context, 'apt.conf'),
    conf + (withCa ? 'Acquire::https::CAInfo "/tmp/apt/ca.crt";\n' : ''),
  );
}

/** Earlier builds are of no use to anybody; those a machine still runs on stay. */
async function removeOlder(current: string): Promise<void> {
  const list = await docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repository]);
  for (const reference of list.split('\n').filter((line) => line && line !== current))
    await run('docker', ['image', 'rm', reference], { allowFailure: true });
}

/** The image's /var as a directory in the cache: what a new machine's disk is filled with. */
export const imageVar = (reference: string) => paths.cache(`machine-var-${reference.split(':')[1]}`);

async function ensureVar(reference: string): Promise<void> {
  const directory = imageVar(reference);
  if (existsSync(directory)) return;
  for (const old of existsSync(paths.cache()) ? readdirSync(paths.cache()) : [])
    if (old.startsWith('machine-var-')) rmSync(paths.cache(old), { recursive: true, force: true });
  const work = `${directory}.${process.pid}`;
  mkdirSync(join(work, 'var'), { recursive: true });
  const id = await docker(['create', '--label', 'coop.lab=1', reference]);
  try {
    await docker(['cp', `${id}:/usr/lib/lab/var.tar`, work]);
    await run('tar', ['--numeric-owner', '-xpf', join(work, 'var.tar'), '-C', join(work, 'var')]);
  } finally {
    await docker(['rm', '-f', id]);
  }
  renameSync(join(work, 'var'), directory);
  rmSync(work, { recursive: true });
}
