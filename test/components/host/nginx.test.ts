import { describe, expect, it } from 'vitest';
import { nginxFederation, nginxUpstreams } from '../../../components/host/nginx.ts';
import { facts } from '../../fixtures/facts.ts';

describe('nginx', () => {
  const closed = (uri: string, accept = '*/*', federation: 'open' | 'off' = 'off') => {
    // As nginx does: the first expression that fits.
    const rules = [...nginxFederation(facts({ config: { federation } })).matchAll(/"~(\*?)(.+)" ([01]);/g)];
    const hit = rules.find(([, star, source]) =>
      new RegExp(source as string, star ? 'i' : '').test(`${uri} ${accept}`),
    );
    return hit?.[3] === '1';
  };

  it.each([
    '/inbox',
    '/users/alice/inbox',
    '/users/alice/followers',
    '/users/alice/collections/featured',
    '/ap/users/109/inbox',
    '/ap/users/109',
    '/actor',
    '/actor/inbox',
    '/.well-known/webfinger',
  ])('closes %s to other servers', (uri) => {
    expect(closed(uri)).toBe(true);
    expect(closed(uri, '*/*', 'open')).toBe(false);
  });

  it.each(['/users/alice', '/@alice', '/@alice/1', '/users/alice/statuses/1'])(
    'closes %s to whoever asks for an activity',
    (uri) => {
      expect(closed(uri, 'application/activity+json')).toBe(true);
      expect(
        closed(uri, 'text/plain;q=0.1, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'),
      ).toBe(true);
      expect(closed(uri, 'text/html,application/xhtml+xml')).toBe(false);
      expect(closed(uri, '')).toBe(false);
    },
  );

  it.each([
    '/',
    '/about',
    '/api/v1/statuses',
    '/auth/sign_in',
    '/system/a.png',
    '/api/v1/streaming',
    '/actors',
    '/inboxes',
  ])('leaves %s to members', (uri) => {
    expect(closed(uri)).toBe(false);
  });

  it('does not close the page that says so', () => {
    expect(closed('/_unavailable/federation.json', 'application/activity+json')).toBe(false);
  });

  it('knows as many web ports as there are replicas', () => {
    expect(nginxUpstreams(facts()).match(/127\.0\.0\.1:\d+/g)).toEqual([
      '127.0.0.1:3000',
      '127.0.0.1:3001',
      '127.0.0.1:4000',
    ]);
    expect(nginxUpstreams(facts({ config: { processes: { web: { replicas: 1 } } } }))).not.toContain('3001');
  });
});
