import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VisibleError } from '../../components/errors.ts';
import type { OwnImage } from './image-build.ts';
import { parseImageReference } from './image-reference.ts';
import { run } from './run.ts';

/** Where an app is built from that nobody publishes: `images/APP/source.json`. */
export interface AppSource {
  repository: string;
  images: Record<'web' | 'streaming', { name: string; dockerfile: string }>;
}

export interface Release {
  commit: string;
  images: OwnImage[];
  /** Takes the fetched files away. */
  remove(): void;
}

/** The source of an app below `images/`; undefined for an app whose images are published. */
export function appSource(directory: string, app: string): AppSource | undefined {
  const file = join(directory, app, 'source.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** A version as a tag of an image: a plus is not allowed there. */
export const releaseTag = (version: string, commit: string): string =>
  `v${version.replaceAll('+', '-')}-${commit.slice(0, 12)}`;

/** The commit an image was built from, read from its tag; undefined when it is of another version. */
export function commitOf(reference: string | undefined, version: string): string | undefined {
  const tag = reference ? parseImageReference(reference).tag : undefined;
  const start = releaseTag(version, '');
  return tag?.startsWith(start) && /^[0-9a-f]{12}$/.test(tag.slice(start.length))
    ? tag.slice(start.length)
    : undefined;
}

/** Fetches the one commit a release's tag points at; refuses it when it is not the one expected. */
export async function fetchRelease(
  source: AppSource,
  version: string,
  expected: string | undefined,
): Promise<Release> {
  const directory = mkdtempSync(join(tmpdir(), 'coop-release-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const tag = `refs/tags/v${version}`;
  try {
    await git(directory, ['init', '--quiet'], 'is the disk full?');
    await git(
      directory,
      ['fetch', '--quiet', '--depth', '1', source.repository, `${tag}:${tag}`],
      `is it released under this tag, and is the network there?`,
    );
    const commit = (await git(directory, ['rev-parse', `${tag}^{commit}`], 'fetch it again')).trim();
    if (expected && !commit.startsWith(expected))
      throw new VisibleError(
        `the release is not the one expected — v${version} of ${source.repository} is ${commit}, not ${expected} — a tag that moves is a warning: ask its makers, and give --commit ${commit.slice(0, 12)} when it is right`,
      );
    await git(directory, ['checkout', '--quiet', commit], 'is the disk full?');
    rmSync(join(directory, '.git'), { recursive: true });
    return { commit, images: imagesOf(source, directory, version, commit), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function imagesOf(source: AppSource, directory: string, version: string, commit: string): OwnImage[] {
  return Object.entries(source.images).map(([key, { name, dockerfile }]) => {
    if (!existsSync(join(directory, dockerfile)))
      throw new VisibleError(
        `no ${dockerfile} — v${version} of ${source.repository} — correct images/…/source.json for this version`,
      );
    return { key, name, directory, dockerfile, tag: releaseTag(version, commit) };
  });
}

async function git(directory: string, argv: string[], remedy: string): Promise<string> {
  // Nobody is there to type a password for a repository that is private or misspelt.
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
  const result = await run(['git', '-C', directory, ...argv], { env }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new VisibleError('git is not installed — PATH — install it (Debian: apt install git)');
    },
  );
  if (result.code === 0) return result.stdout;
  const said = result.stderr.trim().split('\n').slice(-3).join(' ');
  throw new VisibleError(`git ${argv[0]} failed — ${argv.at(-1)}: ${said} — ${remedy}`);
}
