import { join } from 'node:path';
import type { Command } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { announce, findContext } from '../lib/context.ts';
import { buildAndPush, ownImages } from '../lib/image-build.ts';
import { parseImageReference } from '../lib/image-reference.ts';
import { checkout } from '../lib/paths.ts';
import { makeProgress } from '../lib/progress.ts';
import { setAnswers } from '../lib/set-answers.ts';
import { configOf, readStackFile, requireStack, stackFile, textOf } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';

interface Flags {
  registry?: string;
  json?: boolean;
  color?: boolean;
  pull: boolean;
}

/** `coop images STACK`: builds what is ours, pushes it, and pins it. */
export function imagesVerb(): Command {
  return verb('images', {
    summary: 'build the images in images/, push them, and pin their digests',
    details: `Builds every folder of images/ with Docker, pushes it to your registry under a tag made of its content, and writes the
reference with its digest into the stack file. The registry is remembered by what the stack file names already.`,
    examples: [
      ['coop images staging --registry ghcr.io/example-coop', 'the first time'],
      ['coop images staging', 'after a change in images/; then: pulumi up -s staging'],
    ],
  })
    .argument('<stack>', 'whose file gets the digests')
    .option('--registry <host/namespace>', 'where to push; docker must be logged in there')
    .option('--no-pull', 'build on the base images that are here, instead of asking for newer ones')
    .action(images);
}

async function images(stack: string, flags: Flags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  requireStack(context.projectDir, stack);
  const file = stackFile(context.projectDir, stack);
  const { document, text } = readStackFile(file);
  const known = (configOf(document, () => undefined).images ?? {}) as Record<string, string>;
  const progress = makeProgress(process.stderr, flags);
  const pinned: Record<string, string> = {};
  for (const image of ownImages(join(checkout, 'images'))) {
    const registry = flags.registry?.replace(/\/+$/, '') ?? registryOf(known[image.name], image.name, stack);
    pinned[image.name] = await progress.step(`${image.name}: build and push to ${registry}`, () =>
      buildAndPush(image, registry, flags.pull),
    );
  }
  setAnswers(document, { images: pinned }, file);
  const next = textOf(document, text);
  if (next !== text) writeFileAtomically(file, next);
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok: true, file, images: pinned }, null, 2)}\n`);
  else for (const reference of Object.values(pinned)) process.stdout.write(`${reference}\n`);
}

/** The registry an image was pushed to before. */
function registryOf(reference: string | undefined, name: string, stack: string): string {
  const image = reference ? parseImageReference(reference) : undefined;
  if (image?.name.endsWith(`/${name}`)) return `${image.host}/${image.name.slice(0, -name.length - 1)}`;
  throw new VisibleError(
    `no registry for ${name} — Pulumi.${stack}.yaml names none — give it: --registry ghcr.io/YOUR-ORGANISATION`,
  );
}
