import { expect, test } from 'vitest';
import { completed, configOf } from './support/config.ts';
import { deploy, resolved } from './support/deploy.ts';
import { refusals } from './support/rules.ts';

const file = completed('alpha');
const alpha = async (domain: string) => deploy(configOf({ ...file, domain }), [], 'alpha');

test('alpha is Hometown, closed, unprotected, and ends some day', () => {
  expect(configOf(file)).toMatchObject({
    app: 'hometown',
    federation: 'off',
    primary: { provider: 'hetzner' },
    storage: { media: 'alpha-social-coop-media', backups: 'alpha-social-coop-backups' },
    protect: false,
    expires: expect.stringMatching(/^20\d\d-/),
  });
});

test('every input of alpha is one the providers accept', async () => {
  const { resources } = await alpha('alpha.social.coop');
  const custom = resources.filter((resource) => resource.custom);
  expect(custom.length).toBeGreaterThan(10);
  expect(custom.flatMap(({ type, inputs }) => refusals(type, inputs))).toEqual([]);
});

test('town.social.coop is one value away: names, reverse names, buckets and address follow the domain', async () => {
  const [first, second] = [await alpha('alpha.social.coop'), await alpha('town.social.coop')];
  expect(await resolved(second.instance.url)).toBe('https://town.social.coop');
  expect(await resolved(second.instance.buckets)).toEqual({
    media: 'town-social-coop-media',
    backups: 'town-social-coop-backups',
  });
  const said = ({ resources }: typeof first) =>
    resources
      // The host tree is packed: what is in it is tested where it is rendered.
      .filter(({ type }) => !type.startsWith('command:'))
      .map(({ name, inputs }) => JSON.stringify([name, inputs]));
  const before = said(first);
  expect(before.join()).toContain('alpha.social.coop');
  const moved = (text: string) =>
    text
      .replaceAll('alpha.social.coop', 'town.social.coop')
      .replaceAll('alpha-social-coop', 'town-social-coop');
  expect(said(second)).toEqual(before.map(moved));
});
