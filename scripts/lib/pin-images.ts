import type { Document } from 'yaml';
import { VisibleError } from '../../components/errors.ts';
import { defaultImages } from './default-images.ts';
import type { Progress } from './progress.ts';
import { resolveDigest } from './registry.ts';
import { prefix } from './stack-file.ts';

/** Gives every image of a stack the digest its tag has now; returns what could not be found out. */
export async function pinImages(document: Document, progress: Progress): Promise<string[]> {
  const config = (document.toJS()?.config ?? {}) as Record<string, unknown>;
  const images = (config[`${prefix}images`] ?? {}) as Record<string, string>;
  const wanted = {
    ...defaultImages({ app: config[`${prefix}app`], appVersion: config[`${prefix}appVersion`] }),
    ...images,
  };
  const open = Object.entries(wanted).filter(
    ([, reference]) => reference !== 'build' && !reference.includes('@sha256:'),
  );
  if (open.length === 0) return [];
  const notes: string[] = [];
  await progress.step(`digests of ${open.length} images from their registries`, () =>
    Promise.all(
      open.map(async ([name, reference]) => {
        try {
          document.setIn(['config', `${prefix}images`, name], await resolveDigest(reference));
        } catch (error) {
          if (!(error instanceof VisibleError)) throw error;
          notes.push(`images.${name}: ${error.message}`);
        }
      }),
    ),
  );
  return notes.sort();
}
