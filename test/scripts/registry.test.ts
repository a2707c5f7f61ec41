import { describe, expect, it } from 'vitest';
import { parseImageReference, showImageReference } from '../../scripts/lib/image-reference.ts';
import { resolveDigest } from '../../scripts/lib/registry.ts';

const digest = `sha256:${'5c'.repeat(32)}`;

interface Call {
  url: string;
  method: string;
  authorization: string | undefined;
  accept: string | undefined;
}

/** A registry that answers as told, and what it was asked. */
function registry(answer: (call: Call) => Response) {
  const calls: Call[] = [];
  const get = (async (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    const call = {
      url,
      method: init.method ?? 'GET',
      authorization: headers.get('authorization') ?? undefined,
      accept: headers.get('accept') ?? undefined,
    };
    calls.push(call);
    return answer(call);
  }) as typeof fetch;
  return { calls, fetch: get };
}

const found = () => new Response(null, { headers: { 'docker-content-digest': digest } });

describe('image references', () => {
  it.each([
    ['redis', 'docker.io/library/redis'],
    ['redis:7', 'docker.io/library/redis:7'],
    ['mastodon/mastodon:v4.5.20', 'docker.io/mastodon/mastodon:v4.5.20'],
    ['ghcr.io/mastodon/mastodon:v4.5.20', 'ghcr.io/mastodon/mastodon:v4.5.20'],
    ['registry.lab.test:5000/a/b/c:d', 'registry.lab.test:5000/a/b/c:d'],
    [`localhost/a@${digest}`, `localhost/a@${digest}`],
    [`ghcr.io/a/b:t@${digest}`, `ghcr.io/a/b:t@${digest}`],
  ])('%s is %s', (given, full) => {
    expect(showImageReference(parseImageReference(given))).toBe(full);
  });

  it.each(['', 'a b', 'ghcr.io//x', `a@sha256:short`, 'https://ghcr.io/x'])('%j is none', (given) => {
    expect(() => parseImageReference(given)).toThrow(/not an image reference/);
  });
});

describe('the digest of a tag', () => {
  it('is asked of the registry, for the list of all architectures first', async () => {
    const { fetch, calls } = registry(found);
    expect(await resolveDigest('registry.lab.test/mastodon:v4.5.20', { fetch })).toBe(
      `registry.lab.test/mastodon:v4.5.20@${digest}`,
    );
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      url: 'https://registry.lab.test/v2/mastodon/manifests/v4.5.20',
      method: 'HEAD',
    });
    expect(calls[0]?.accept).toMatch(/^application\/vnd\.oci\.image\.index/);
  });

  it('is not asked for when it is there', async () => {
    const { fetch, calls } = registry(found);
    expect(await resolveDigest(`ghcr.io/a/b@${digest}`, { fetch })).toBe(`ghcr.io/a/b@${digest}`);
    expect(calls).toEqual([]);
  });

  it('is asked with a token where the registry wants one', async () => {
    const { fetch, calls } = registry(({ url, authorization }) => {
      if (url.startsWith('https://auth.example/')) return Response.json({ token: 't0k3n' });
      if (authorization === 'Bearer t0k3n') return found();
      const challenge =
        'Bearer realm="https://auth.example/token",service="hub",scope="repository:library/redis:pull"';
      return new Response(null, { status: 401, headers: { 'www-authenticate': challenge } });
    });
    expect(await resolveDigest('redis:7', { fetch })).toBe(`docker.io/library/redis:7@${digest}`);
    expect(calls.map(({ url }) => url)).toEqual([
      'https://registry-1.docker.io/v2/library/redis/manifests/7',
      'https://auth.example/token?service=hub&scope=repository%3Alibrary%2Fredis%3Apull',
      'https://registry-1.docker.io/v2/library/redis/manifests/7',
    ]);
  });

  it('is an error that names the image when there is none', async () => {
    const { fetch } = registry(() => new Response(null, { status: 404 }));
    await expect(resolveDigest('ghcr.io/a/b:nope', { fetch })).rejects.toThrow(
      /no such image — ghcr\.io\/a\/b:nope/,
    );
  });

  it('is an error that names the registry when it cannot be reached, or says nonsense', async () => {
    const broken = (async () => {
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } });
    }) as unknown as typeof fetch;
    await expect(resolveDigest('ghcr.io/a/b:c', { fetch: broken })).rejects.toThrow(
      /registry out of reach — ghcr\.io \(ENOTFOUND\)/,
    );
    const { fetch } = registry(
      () => new Response(null, { headers: { 'docker-content-digest': 'sha256:oops' } }),
    );
    await expect(resolveDigest('ghcr.io/a/b:c', { fetch })).rejects.toThrow(/gave no digest/);
  });
});
