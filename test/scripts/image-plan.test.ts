import { describe, expect, it } from 'vitest';
import { commitOf, releaseTag } from '../../scripts/lib/app-release.ts';
import { platformOf, registriesOf, releaseWanted } from '../../scripts/lib/image-plan.ts';

const digest = `@sha256:${'a'.repeat(64)}`;
const wanted = [
  { key: 'postgres', name: 'postgres' },
  { key: 'web', name: 'hometown' },
];
const version = '4.5.11+hometown-1.2.1';
const source = { repository: 'https://example.org/x.git', images: {} as never };

describe('registries', () => {
  it('are the one asked for, else where an image was before, else where another of ours was', () => {
    const known = { postgres: `ghcr.io/coop/postgres:1${digest}` };
    expect(registriesOf(wanted, {}, 'quay.io/x/', 's')).toEqual({ postgres: 'quay.io/x', web: 'quay.io/x' });
    expect(registriesOf(wanted, known, undefined, 's')).toEqual({
      postgres: 'ghcr.io/coop',
      web: 'ghcr.io/coop',
    });
    const apart = { ...known, web: `quay.io/y/hometown:2${digest}` };
    expect(registriesOf(wanted, apart, undefined, 's').web).toBe('quay.io/y');
  });

  it('that nobody named are refused, with what to say', () => {
    const official = { web: `ghcr.io/mastodon/mastodon:v4.5.20${digest}`, postgres: 'build' };
    expect(() => registriesOf(wanted, official, undefined, 'alpha')).toThrow(
      'no registry for postgres — Pulumi.alpha.yaml names none — give it: --registry ghcr.io/YOUR-ORGANISATION',
    );
  });
});

describe('the tag of a release', () => {
  it('has no plus, and gives back the commit of the same version only', () => {
    const commit = 'c0ffee0123456789c0ffee0123456789c0ffee01';
    const tag = releaseTag(version, commit);
    expect(tag).toBe('v4.5.11-hometown-1.2.1-c0ffee012345');
    const reference = `ghcr.io/coop/hometown:${tag}${digest}`;
    expect(commitOf(reference, version)).toBe('c0ffee012345');
    expect(commitOf(reference, '4.5.12+hometown-1.2.1')).toBeUndefined();
    expect(commitOf(undefined, version)).toBeUndefined();
  });
});

describe('what is built', () => {
  it('is a version of the app, or nothing', () => {
    expect(releaseWanted({ app: 'hometown', appVersion: version }, source)).toEqual({ source, version });
    expect(() => releaseWanted({ app: 'hometown', appVersion: '4.5.20' }, source)).toThrow(
      '4.5.20: is a version of mastodon, and the app is hometown — instance:appVersion — write one of hometown',
    );
    expect(() => releaseWanted({ app: 'hometown' }, source)).toThrow(
      'no version: is not a version of hometown',
    );
  });

  it('is for the processors of the machines, which must be of one kind', () => {
    const [x86, arm] = [
      { provider: 'hetzner', region: 'fsn1', size: 'cpx31' },
      { provider: 'hetzner', region: 'fsn1', size: 'cax21' },
    ] as const;
    const droplet = { provider: 'digitalocean', region: 'fra1', size: 's-4vcpu-8gb' } as const;
    expect(platformOf({ primary: x86, secondary: droplet }, 's')).toBe('linux/amd64');
    expect(platformOf({ primary: arm }, 's')).toBe('linux/arm64');
    expect(platformOf({ primary: { provider: 'existing', host: 'box.example.org' } }, 's')).toBeUndefined();
    expect(() => platformOf({ primary: arm, secondary: droplet }, 'prod')).toThrow(
      'one image cannot serve both machines — Pulumi.prod.yaml: primary.size is arm, secondary.size x86',
    );
  });
});
