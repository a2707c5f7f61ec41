import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, run } from '../machines/exec.ts';
import { checkout, paths } from '../paths.ts';
import { standinContext } from '../standin/build.ts';
import { services } from './addresses.ts';
import { contentKey } from './content-key.ts';
import { nameIn } from './image-name.ts';
import { type AppVersion, type OfficialImages, officialImages, type Theirs } from './official-images.ts';
import { digestOf } from './registry-client.ts';

/** References with digests, as the stack file names them. */
export interface LabImages {
  web: string;
  streaming: string;
  postgres: string;
  redis: string;
}

type Say = (line: string) => void;

/** The host's daemon pushes to an address: it does not know the lab's names. */
const pushHost = services.registry.v4;
const certsDir = `/etc/docker/certs.d/${pushHost}`;

/** Makes the host's Docker trust the lab's registry. */
export function trustRegistry(): void {
  mkdirSync(certsDir, { recursive: true });
  writeFileSync(join(certsDir, 'ca.crt'), readFileSync(paths.caCert));
}

/** Takes that trust away; true when it was there. */
export function distrustRegistry(): boolean {
  try {
    rmSync(certsDir, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

interface Source {
  repository: string;
  tag: string;
  /** What the host's Docker calls an image that is built here. */
  local?: string;
  /** Makes the image in the host's Docker unless it is there; returns its name. */
  make(): Promise<string>;
}

/** An image built from a directory; `context` makes that directory when it is needed. */
function built(
  repository: string,
  key: string,
  context: () => Promise<string>,
  say: Say,
  args: string[] = [],
): Source {
  const local = `coop-lab-${repository}`;
  // A tag takes no plus sign, which a fork's version has.
  const name = `${local}:${key.replaceAll('+', '-')}`;
  return {
    repository: `social-coop/${repository}`,
    tag: name.slice(local.length + 1),
    local,
    make: async () => {
      if (await inDocker(name)) return name;
      say(`building ${repository}`);
      const options = ['--quiet', '--network', 'host', ...proxyArgs(), ...args, '--tag', name];
      await docker(['build', ...options, await context()], { timeoutMs: 1_200_000 });
      return name;
    },
  };
}

const inDocker = async (name: string) =>
  (await run('docker', ['image', 'inspect', name], { allowFailure: true })).code === 0;

/** Earlier builds are of no use to anybody. */
async function removeOthers(sources: Source[]): Promise<void> {
  for (const local of new Set(sources.flatMap((source) => source.local ?? []))) {
    const wanted = sources.filter((source) => source.local === local).map(({ tag }) => `${local}:${tag}`);
    const list = await docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', local]);
    for (const name of list.split('\n').filter((line) => line && !wanted.includes(line)))
      await run('docker', ['image', 'rm', name], { allowFailure: true });
  }
}

/** An image whose build context lies in the checkout, named by its content. */
const ours = (name: string, directory: string, say: Say): Source =>
  built(name, contentKey(directory), async () => directory, say);

/** The stand-in acting as one version of an app; bundled with libraries whose versions the lock file pins. */
function standin(version: string, say: Say): Source {
  const lock = readFileSync(join(checkout, 'package-lock.json'), 'utf8');
  const key = contentKey(join(checkout, 'lab', 'standin'), process.version, lock);
  const acting = ['--build-arg', `MASTODON_STANDIN_VERSION=${version}`];
  return built('mastodon-standin', `${version}-${key}`, () => standinContext(paths.standin), say, acting);
}

/** Docker knows these build arguments by itself; they leave no trace in the image. */
const proxyArgs = () =>
  ['http_proxy', 'https_proxy', 'no_proxy']
    .filter((name) => process.env[name])
    .flatMap((name) => ['--build-arg', name]);

/** An image of somebody else, pulled unless the host's Docker has it. */
function pulled(reference: string, say: Say): Source {
  return {
    ...nameIn(reference),
    make: async () => {
      if (await inDocker(reference)) return reference;
      say(`pulling ${reference}`);
      await docker(['pull', '--quiet', reference], { timeoutMs: 1_800_000 });
      return reference;
    },
  };
}

/** Puts an image into the lab's registry unless it is there; returns its reference with digest. */
async function ensureImage(source: Source, say: Say): Promise<string> {
  const { repository, tag } = source;
  const reference = (digest: string) => `${services.registry.host}/${repository}:${tag}@${digest}`;
  const present = await digestOf(repository, tag);
  if (present) return reference(present);
  const name = `${pushHost}/${repository}:${tag}`;
  await docker(['tag', await source.make(), name]);
  say(`pushing ${repository}`);
  try {
    await docker(['push', '--quiet', name], { timeoutMs: 600_000 });
  } finally {
    await docker(['rmi', '--no-prune', name]);
  }
  const digest = await digestOf(repository, tag);
  if (!digest) throw new Error(`pushed, but not there — ${name} — see ${paths.logFile('registry')}`);
  return reference(digest);
}

/** The images of a stack: the app is the stand-in, or the official images; the database's is always ours. */
async function sourcesOf(app: AppVersion, official: OfficialImages, say: Say) {
  const theirs = await officialImages(official, app, say);
  const acting = theirs ? undefined : standin(app.version, say);
  return {
    web: acting ?? pulled((theirs as Theirs).web, say),
    streaming: acting ?? pulled((theirs as Theirs).streaming, say),
    postgres: ours('postgres', join(checkout, 'images', 'postgres'), say),
    redis: theirs
      ? pulled(theirs.redis, say)
      : ours('redis', join(checkout, 'lab', 'services', 'images', 'redis'), say),
  } satisfies Record<keyof LabImages, Source>;
}

/**
 * The images of each stack, in the lab's registry. An app is the stand-in, or the official images where it has any and
 * their registry can be reached; `official` decides otherwise.
 */
export async function ensureImages<Stack extends string>(
  stacks: Record<Stack, AppVersion>,
  official: OfficialImages,
  say: Say,
): Promise<Record<Stack, LabImages>> {
  trustRegistry();
  const wanted: [Stack, Record<keyof LabImages, Source>][] = [];
  for (const [stack, app] of Object.entries(stacks) as [Stack, AppVersion][])
    wanted.push([stack, await sourcesOf(app, official, say)]);
  const sources = wanted.flatMap(([, images]) => Object.values(images));
  const done = new Map<string, Promise<string>>();
  // One after the other in a repository: versions of the stand-in share all but their last layers.
  const last = new Map<string, Promise<unknown>>();
  for (const source of sources) {
    const name = `${source.repository}:${source.tag}`;
    if (done.has(name)) continue;
    const before = last.get(source.repository) ?? Promise.resolve();
    const made = before.then(() => ensureImage(source, say));
    done.set(name, made);
    last.set(source.repository, made);
  }
  await Promise.all(done.values());
  await removeOthers(sources);
  const referenceOf = async ({ repository, tag }: Source) =>
    (await done.get(`${repository}:${tag}`)) as string;
  const images = {} as Record<Stack, LabImages>;
  for (const [stack, { web, streaming, postgres, redis }] of wanted)
    images[stack] = {
      web: await referenceOf(web),
      streaming: await referenceOf(streaming),
      postgres: await referenceOf(postgres),
      redis: await referenceOf(redis),
    };
  writeFileSync(paths.images, JSON.stringify(images, null, 2));
  return images;
}
