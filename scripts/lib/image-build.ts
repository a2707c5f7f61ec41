import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VisibleError } from '../../components/errors.ts';
import { parseImageReference } from './image-reference.ts';
import { run } from './run.ts';

/** An image we build. */
export interface OwnImage {
  /** Its key under `images` in the config. */
  key: string;
  /** What it is called in the registry. */
  name: string;
  /** What it is built from. */
  directory: string;
  /** Below the directory. Default: Dockerfile. */
  dockerfile?: string;
  tag: string;
}

/** How images are built and pushed. */
export interface BuildOptions {
  /** Asks for newer base images. Default: true. */
  pull?: boolean;
  /** Operating system and processors, e.g. `linux/amd64`. Default: the builder's own. */
  platform?: string | undefined;
  /** Where the registry answers to a push, when it is not under the name that the machines know. */
  pushHost?: string | undefined;
}

/** The images below a directory: each folder with a Dockerfile, tagged by its content, so that equal folders are built once. */
export function ownImages(directory: string): OwnImage[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ key: entry.name, name: entry.name, directory: join(directory, entry.name) }))
    .filter((image) => readdirSync(image.directory).includes('Dockerfile'))
    .map((image) => ({ ...image, tag: contentTag(image.directory) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Docker knows these build arguments by itself; they leave no trace in the image. */
const proxies = () =>
  ['http_proxy', 'https_proxy', 'no_proxy']
    .filter((name) => process.env[name])
    .flatMap((name) => ['--build-arg', name]);

/** Command lines that build and push one image. The build has the builder's own network, as its proxies expect. */
export const buildCommand = (image: OwnImage, reference: string, options: BuildOptions = {}): string[] => [
  'docker',
  'build',
  ...(options.pull === false ? [] : ['--pull']),
  ...(options.platform ? ['--platform', options.platform] : []),
  ...(image.dockerfile ? ['--file', join(image.directory, image.dockerfile)] : []),
  '--network',
  'host',
  ...proxies(),
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
export async function buildAndPush(
  image: OwnImage,
  registry: string,
  options: BuildOptions = {},
): Promise<string> {
  const named = `${image.name}:${image.tag}`;
  const [host = '', ...path] = registry.split('/');
  const reference = [options.pushHost ?? host, ...path, named].join('/');
  await docker(buildCommand(image, reference, options), 'mend the Dockerfile, or the network it needs');
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
  return `${registry}/${named}@${digest}`;
}

async function docker(argv: string[], remedy: string): Promise<string> {
  const result = await run(argv).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new VisibleError('docker is not installed — PATH — install it (Debian: apt install docker.io)');
  });
  if (result.code === 0) return result.stdout;
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-8).join('\n');
  const buildx = /BuildKit/.test(said)
    ? 'install its buildx component (Debian: apt install docker-buildx)'
    : '';
  throw new VisibleError(
    `${argv.slice(0, 2).join(' ')} failed — ${argv.at(-1)}:\n${said}\n— ${buildx || remedy}`,
  );
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
