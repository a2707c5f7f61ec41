import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VisibleError } from '../../components/errors.ts';
import { parseImageReference } from './image-reference.ts';
import { run } from './run.ts';

/** An image this repository owns: a folder of `images/` with a Dockerfile; its name is its key in the config. */
export interface OwnImage {
  name: string;
  directory: string;
  /** Hash of everything in the folder: equal folders have equal tags and are built once. */
  tag: string;
}

/** The images below a directory, by name. */
export function ownImages(directory: string): OwnImage[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ name: entry.name, directory: join(directory, entry.name) }))
    .filter((image) => readdirSync(image.directory).includes('Dockerfile'))
    .map((image) => ({ ...image, tag: contentTag(image.directory) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Command lines that build and push one image. */
export const buildCommand = (image: OwnImage, reference: string, pull = true): string[] => [
  'docker',
  'build',
  ...(pull ? ['--pull'] : []),
  '--tag',
  reference,
  image.directory,
];
export const pushCommand = (reference: string): string[] => ['docker', 'push', reference];
export const digestCommand = (reference: string): string[] => [
  'docker',
  'image',
  'inspect',
  '--format',
  '{{join .RepoDigests "\\n"}}',
  reference,
];

/** Builds and pushes an image; returns its reference with the digest the registry gave it. */
export async function buildAndPush(image: OwnImage, registry: string, pull = true): Promise<string> {
  const reference = `${registry}/${image.name}:${image.tag}`;
  await docker(buildCommand(image, reference, pull), 'mend the Dockerfile, or the network it needs');
  await docker(pushCommand(reference), `log in first: docker login ${parseImageReference(reference).host}`);
  const digests = await docker(digestCommand(reference), 'push it again');
  const wanted = parseImageReference(reference);
  // Docker writes its own hub's names short: compared by what they mean.
  const digest = digests
    .split('\n')
    .filter(Boolean)
    .map(parseImageReference)
    .find(({ host, name }) => host === wanted.host && name === wanted.name)?.digest;
  if (!digest) throw new VisibleError(`the registry gave no digest — ${reference} — push it again`);
  return `${reference}@${digest}`;
}

async function docker(argv: string[], remedy: string): Promise<string> {
  const result = await run(argv).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new VisibleError('docker is not installed — PATH — install it (Debian: apt install docker.io)');
  });
  if (result.code === 0) return result.stdout;
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-8).join('\n');
  throw new VisibleError(`${argv.slice(0, 2).join(' ')} failed — ${argv.at(-1)}:\n${said}\n— ${remedy}`);
}

/** Names, modes and contents of all files, in one order. */
function contentTag(directory: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    const stat = statSync(join(directory, name));
    if (!stat.isFile()) continue;
    const content = readFileSync(join(directory, name));
    hash.update(`${name}\0${(stat.mode & 0o111) !== 0}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}
