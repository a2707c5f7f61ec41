import { expect, test } from 'vitest';
import { officialImages } from '../../../lab/services/official-images.ts';

const said: string[] = [];
const say = (line: string) => void said.push(line);
const everything = async () => true;
const nothing = async () => false;
const mastodon = { app: 'mastodon', version: '4.5.20' };

test('the official images are taken where their registries answer, and it is said', async () => {
  const theirs = await officialImages('auto', mastodon, say, everything);
  expect(theirs).toMatchObject({
    web: 'ghcr.io/mastodon/mastodon:v4.5.20',
    streaming: 'ghcr.io/mastodon/mastodon-streaming:v4.5.20',
  });
  expect(said.at(-1)).toBe('app: the official image ghcr.io/mastodon/mastodon:v4.5.20');
});

test('the stand-in serves where they do not, with the reason', async () => {
  expect(await officialImages('auto', mastodon, say, nothing)).toBeUndefined();
  expect(said.at(-1)).toMatch(
    /^app: the stand-in as mastodon 4.5.20, because (ghcr.io|registry-1.docker.io) and .* cannot be reached$/,
  );
  expect(await officialImages('auto', mastodon, say, async (url) => url.includes('ghcr.io'))).toBeUndefined();
});

test('what was asked for counts, whatever can be reached', async () => {
  expect(await officialImages('standin', mastodon, say, everything)).toBeUndefined();
  expect(await officialImages('official', mastodon, say, nothing)).toBeDefined();
  const given = { web: 'mine/web:1', streaming: 'mine/streaming:1' };
  expect(await officialImages(given, mastodon, say, nothing)).toMatchObject(given);
});

test('an app of which nobody publishes images is the stand-in wherever the lab runs', async () => {
  const hometown = { app: 'hometown', version: '4.5.11+hometown-1.2.1' };
  for (const wanted of ['auto', 'official'] as const)
    expect(await officialImages(wanted, hometown, say, everything)).toBeUndefined();
  expect(said.at(-1)).toBe(
    'app: the stand-in as hometown 4.5.11+hometown-1.2.1, because nobody publishes images of it',
  );
});
