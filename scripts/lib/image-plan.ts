import { type AppName, apps, checkVersion } from '../../components/apps/index.ts';
import type { Loose, MachineConfig } from '../../components/config.ts';
import { VisibleError } from '../../components/errors.ts';
import { sizeOf } from '../../components/machine/size.ts';
import type { AppSource } from './app-release.ts';
import { parseImageReference } from './image-reference.ts';

/** What of a stack file decides which images are built, as it stands there. */
export interface ImagesOf {
  app?: string;
  appVersion?: string;
  images?: Record<string, string>;
  primary?: Loose<MachineConfig>;
  secondary?: Loose<MachineConfig>;
}

/** The release of an app that is to be built; a version that is not the app's is refused. */
export function releaseWanted(
  { app = 'mastodon', appVersion = '' }: ImagesOf,
  source: AppSource,
): { source: AppSource; version: string } {
  const problem = Object.hasOwn(apps, app) ? checkVersion(app as AppName, appVersion) : undefined;
  if (problem)
    throw new VisibleError(
      `${appVersion || 'no version'}: ${problem.reason} — instance:appVersion — ${problem.remedy}`,
    );
  return { source, version: appVersion };
}

interface Named {
  key: string;
  name: string;
}

/** Where each image is pushed to: what is asked for, or where it, or another of ours, was pushed to before. */
export function registriesOf(
  images: Named[],
  known: Record<string, string>,
  asked: string | undefined,
  stack: string,
): Record<string, string> {
  const before = (image: Named) => registryIn(known[image.key], image.name);
  const any = images.map(before).find((registry) => registry !== undefined);
  const found = images.map((image) => {
    const registry = asked?.replace(/\/+$/, '') ?? before(image) ?? any;
    if (registry === undefined)
      throw new VisibleError(
        `no registry for ${image.name} — Pulumi.${stack}.yaml names none — give it: --registry ghcr.io/YOUR-ORGANISATION`,
      );
    return [image.key, registry];
  });
  return Object.fromEntries(found);
}

function registryIn(reference: string | undefined, name: string): string | undefined {
  const image = reference && reference !== 'build' ? parseImageReference(reference) : undefined;
  return image?.name.endsWith(`/${name}`)
    ? `${image.host}/${image.name.slice(0, -name.length - 1)}`
    : undefined;
}

/** The processors of a stack's machines, in Docker's words; undefined when nothing is known of them. */
export function platformOf({ primary, secondary }: ImagesOf, stack: string): string | undefined {
  const kinds = [primary, secondary]
    .map((machine) => sizeOf(machine))
    .filter((size) => size !== undefined)
    .map((size) => size.architecture ?? 'x86');
  if (new Set(kinds).size > 1)
    throw new VisibleError(
      `one image cannot serve both machines — Pulumi.${stack}.yaml: primary.size is ${kinds[0]}, secondary.size ${kinds[1]} — choose sizes of one kind of processor`,
    );
  return kinds[0] && { x86: 'linux/amd64', arm: 'linux/arm64' }[kinds[0]];
}
