import { expect, test } from 'vitest';
import { copyName } from '../../../components/storage/copy-name.ts';

/** https://docs.digitalocean.com/products/spaces/details/limits/ */
const taken = /^[a-z0-9]([a-z0-9-]{1,61}[a-z0-9])$/;

test('a copy’s bucket is named after the source’s and the stack', () => {
  expect(copyName('social-coop-media', 'rehearsal-20261123-041500')).toBe(
    'social-coop-media-rehearsal-20261123-041500',
  );
  expect(copyName('social-coop-media', 'Trial_2.x_')).toBe('social-coop-media-trial-2-x');
});

test('a name that would be too long is cut, and two stacks still have two buckets', () => {
  const [one, other] = ['a', 'b'].map((end) =>
    copyName('a-long-name-of-a-bucket', `${'stack-'.repeat(10)}${end}`),
  );
  expect(one).not.toBe(other);
  for (const name of [one, other]) expect(name).toMatch(taken);
});
