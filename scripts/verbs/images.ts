import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { services } from '../../lab/services/addresses.ts';
import { appSource, commitOf, fetchRelease, type Release } from '../lib/app-release.ts';
import { announce, type Context, findContext } from '../lib/context.ts';
import { buildAndPush, type OwnImage, ownImages } from '../lib/image-build.ts';
import { type ImagesOf, platformOf, registriesOf, releaseWanted } from '../lib/image-plan.ts';
import { checkout } from '../lib/paths.ts';
import { makeProgress } from '../lib/progress.ts';
import { setAnswers } from '../lib/set-answers.ts';
import { configOf, readStackFile, requireStack, stackFile, textOf } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';

interface Flags {
  registry?: string;
  source?: string;
  commit?: string;
  json?: boolean;
  color?: boolean;
  pull: boolean;
}

/** `coop images STACK`: builds what is ours, pushes it, and pins it. */
export function imagesVerb(): Command {
  return verb('images', {
    summary: 'build the images nobody publishes, push them, and pin their digests',
    details: `Builds with Docker what a stack needs and nobody publishes: the database's image from images/postgres, tagged by its
content, and an app without official images (hometown) from its makers' own Dockerfiles at the tag of appVersion. Pushes
them to your registry and writes the references with their digests into the stack file. The registry is remembered by what
the stack file names already; so is the commit of a release, and a release whose tag was moved is refused. Without a registry
the machine builds the database's image itself, when the tree is laid on it.`,
    examples: [
      ['coop images staging --registry ghcr.io/example-coop', 'the first time'],
      ['coop images staging', 'after a change in images/; then: pulumi up -s staging'],
      [
        'coop images alpha --registry ghcr.io/example-coop --commit 1f3a9c4e7b20',
        'hometown, this commit only',
      ],
    ],
  })
    .argument('<stack>', 'whose file gets the digests')
    .option('--registry <host/namespace>', 'where to push; docker must be logged in there')
    .option('--source <url>', "repository of the app's release (default: the one in images/APP/source.json)")
    .option('--commit <hash>', 'the commit the release must be (default: the one it was built from before)')
    .option('--no-pull', 'build on the base images that are here, instead of asking for newer ones')
    .action(images);
}

async function images(stack: string, flags: Flags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  requireStack(context.projectDir, stack);
  const file = stackFile(context.projectDir, stack);
  const { document, text } = readStackFile(file);
  const config = configOf(document, () => undefined) as ImagesOf;
  const progress = makeProgress(process.stderr, flags);
  const pinned: Record<string, string> = {};
  // The project's own, where it has some: the lab's has none.
  const folder = join(
    existsSync(join(context.projectDir, 'images')) ? context.projectDir : checkout,
    'images',
  );
  const base = ownImages(folder).filter(
    // What the machine builds itself, as it does unless told otherwise, needs no registry; one is used when it is given.
    ({ key }) => (config.images?.[key] ?? 'build') !== 'build' || flags.registry !== undefined,
  );
  const source = appSource(folder, config.app ?? 'mastodon');
  const wanted =
    source && releaseWanted(config, { ...source, repository: flags.source ?? source.repository });
  // All that can be refused is refused before anything is fetched or built.
  const names = [...base, ...Object.entries(source?.images ?? {}).map(([key, { name }]) => ({ key, name }))];
  const registries = registriesOf(names, config.images ?? {}, flags.registry, stack);
  const platform = platformOf(config, stack);
  const build = async (image: OwnImage) => {
    const registry = registries[image.key] as string;
    pinned[image.key] = await progress.step(`${image.name}: build and push to ${registry}`, () =>
      buildAndPush(image, registry, { platform, ...inLab(context, registry), ...whenFalse(flags.pull) }),
    );
  };
  let release: Release | undefined;
  try {
    if (wanted)
      release = await progress.step(`fetch v${wanted.version} of ${wanted.source.repository}`, () =>
        fetchRelease(
          wanted.source,
          wanted.version,
          flags.commit ?? commitOf(config.images?.web, wanted.version),
        ),
      );
    for (const image of [...base, ...(release?.images ?? [])]) await build(image);
  } finally {
    release?.remove();
  }
  if (Object.keys(pinned).length === 0)
    process.stderr.write(
      "nothing to build here: the machine builds the database's image itself; with --registry it is built here and pushed\n",
    );
  setAnswers(document, { images: pinned }, file);
  const next = textOf(document, text);
  if (next !== text) writeFileAtomically(file, next);
  const commit = release ? { commit: release.commit } : {};
  if (flags.json)
    process.stdout.write(`${JSON.stringify({ ok: true, file, images: pinned, ...commit }, null, 2)}\n`);
  else for (const reference of Object.values(pinned)) process.stdout.write(`${reference}\n`);
}

const whenFalse = (pull: boolean) => (pull ? {} : { pull: false });

/** The lab's registry has its name in the lab only, and its base images came from nowhere. */
const inLab = ({ kind }: Context, registry: string) =>
  kind === 'LAB' && registry.split('/')[0] === services.registry.host
    ? { pushHost: services.registry.v4, pull: false }
    : {};
