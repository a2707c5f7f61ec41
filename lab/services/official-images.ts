/** `auto` takes the official images where their registries answer, `standin` never, `official` insists; else a reference. */
export type OfficialImages = 'auto' | 'official' | 'standin' | { web: string; streaming: string };

/** What a stack runs, as its file says. */
export interface AppVersion {
  app: string;
  version: string;
}

export interface Theirs {
  web: string;
  streaming: string;
  redis: string;
}

const redis = 'docker.io/library/redis:7.4-bookworm';
const registries = ['https://ghcr.io/v2/', 'https://registry-1.docker.io/v2/'];

/** A registry that answers, with a demand for a login as well. */
async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(3000) }).then(
    ({ status }) => status === 200 || status === 401,
    () => false,
  );
}

/** The official images of an app's version, or undefined where the stand-in serves; says which and why. */
export async function officialImages(
  wanted: OfficialImages,
  { app, version }: AppVersion,
  say: (line: string) => void,
  reachable = answers,
): Promise<Theirs | undefined> {
  if (wanted === 'standin') {
    say(`app: the stand-in as ${app} ${version}, as asked`);
    return undefined;
  }
  if (typeof wanted === 'object') {
    say(`app: ${wanted.web}, as asked`);
    return { ...wanted, redis };
  }
  if (app !== 'mastodon') {
    say(`app: the stand-in as ${app} ${version}, because nobody publishes images of it`);
    return undefined;
  }
  const unreachable: string[] = [];
  await Promise.all(
    registries.map(async (url) => {
      if (!(await reachable(url))) unreachable.push(new URL(url).hostname);
    }),
  );
  const theirs = {
    web: `ghcr.io/mastodon/mastodon:v${version}`,
    streaming: `ghcr.io/mastodon/mastodon-streaming:v${version}`,
    redis,
  };
  if (unreachable.length === 0 || wanted === 'official') {
    say(`app: the official image ${theirs.web}`);
    return theirs;
  }
  say(`app: the stand-in as ${app} ${version}, because ${unreachable.join(' and ')} cannot be reached`);
  return undefined;
}
