import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, run } from '../machines/exec.ts';
import { checkout, paths } from '../paths.ts';
import { standinContext } from '../standin/build.ts';
import { services } from './addresses.ts';
import { contentKey } from './content-key.ts';
import { nameIn } from './image-name.ts';
import { type OfficialImages, officialImages } from './official-images.ts';
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
    make: async () => {
      if (await inDocker(name)) return name;
      say(`building ${repository}`);
      const options = ['--quiet', '--network', 'host', ...proxyArgs(), ...args, '--tag', name];
      await docker(['build', ...options, await context()], { timeoutMs: 1_200_000 });
      await removeOthers(local, name);
      return name;
    },
  };
}

const inDocker = async (name: string) =>
  (await run('docker', ['image', 'inspect', name], { allowFailure: true })).code === 0;

/** Earlier builds are of no use to anybody. */
async function removeOthers(repository: string, current: string): Promise<void> {
  const list = await docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repository]);
  for (const name of list.split('\n').filter((line) => line && line !== current))
    await run('docker', ['image', 'rm', name], { allowFailure: true });
}

/** An image whose build context lies in the checkout, named by its content. */
const ours = (name: string, directory: string, say: Say): Source =>
  built(name, contentKey(directory), async () => directory, say);

/** The stand-in acting as one version of the app; bundled with libraries whose versions the lock file pins. */
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

/**
 * The images a stack needs, in the lab's registry. The app is the stand-in, or the official images where their registry
 * can be reached; `official` decides otherwise. The database's image is always ours.
 */
export async function ensureImages(
  appVersion: string,
  official: OfficialImages,
  say: Say,
): Promise<LabImages> {
  trustRegistry();
  const theirs = await officialImages(official, appVersion, say);
  const app = theirs ?? standin(appVersion, say);
  const sources: Record<keyof LabImages, Source> = {
    web: 'web' in app ? pulled(app.web, say) : app,
    streaming: 'web' in app ? pulled(app.streaming, say) : app,
    postgres: ours('postgres', join(checkout, 'images', 'postgres'), say),
    redis: theirs
      ? pulled(theirs.redis, say)
      : ours('redis', join(checkout, 'lab', 'services', 'images', 'redis'), say),
  };
  const done = new Map<string, Promise<string>>();
  const once = (source: Source) => {
    const name = `${source.repository}:${source.tag}`;
    const pending = done.get(name) ?? ensureImage(source, say);
    done.set(name, pending);
    return pending;
  };
  const entries = Object.entries(sources).map(async ([role, source]) => [role, await once(source)]);
  const images = Object.fromEntries(await Promise.all(entries)) as LabImages;
  writeFileSync(paths.images, JSON.stringify(images, null, 2));
  return images;
}
