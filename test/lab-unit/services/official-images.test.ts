import { expect, test } from 'vitest';
import { officialImages } from '../../../lab/services/official-images.ts';

const said: string[] = [];
const say = (line: string) => void said.push(line);
const everything = async () => true;
const nothing = async () => false;

test('the official images are taken where their registries answer, and it is said', async () => {
  const theirs = await officialImages('auto', '4.5.20', say, everything);
  expect(theirs).toMatchObject({
    web: 'ghcr.io/mastodon/mastodon:v4.5.20',
    streaming: 'ghcr.io/mastodon/mastodon-streaming:v4.5.20',
  });
  expect(said.at(-1)).toBe('app: the official image ghcr.io/mastodon/mastodon:v4.5.20');
});

test('the stand-in serves where they do not, with the reason', async () => {
  expect(await officialImages('auto', '4.5.20', say, nothing)).toBeUndefined();
  expect(said.at(-1)).toMatch(
    /^app: the stand-in, because (ghcr.io|registry-1.docker.io) and .* cannot be reached$/,
  );
  expect(await officialImages('auto', '4.5.20', say, async (url) => url.includes('ghcr.io'))).toBeUndefined();
});

test('what was asked for counts, whatever can be reached', async () => {
  expect(await officialImages('standin', '4.5.20', say, everything)).toBeUndefined();
  expect(await officialImages('official', '4.5.20', say, nothing)).toBeDefined();
  const given = { web: 'mine/web:1', streaming: 'mine/streaming:1' };
  expect(await officialImages(given, '4.5.20', say, nothing)).toMatchObject(given);
});
