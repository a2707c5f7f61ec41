import { expect, test } from 'vitest';
import { nameIn } from '../../../lab/services/image-name.ts';

const digest = 'a'.repeat(64);

test.each([
  ['ghcr.io/mastodon/mastodon:v4.5.20', 'mastodon/mastodon', 'v4.5.20'],
  ['docker.io/library/redis:7.4', 'library/redis', '7.4'],
  ['localhost:5000/mine', 'mine', 'latest'],
  ['mastodon/mastodon', 'mastodon/mastodon', 'latest'],
  ['redis:7', 'redis', '7'],
  [`ghcr.io/x/y@sha256:${digest}`, 'x/y', digest.slice(0, 32)],
  [`ghcr.io/x/y:1@sha256:${digest}`, 'x/y', digest.slice(0, 32)],
])('%s is %s:%s in the lab', (reference, repository, tag) => {
  expect(nameIn(reference)).toEqual({ repository, tag });
});
