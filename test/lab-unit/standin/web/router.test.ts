import { expect, test } from 'vitest';
import { findRoute, route } from '../../../../lab/standin/src/web/router.ts';
import { routes } from '../../../../lab/standin/src/web/routes.ts';

const table = routes();
const found = (method: string, path: string) => findRoute(table, method, path);

test('a fixed path wins over a name in its place', () => {
  expect(found('GET', '/api/v1/accounts/verify_credentials')?.params).toEqual({});
  expect(found('GET', '/api/v1/accounts/42')?.params).toEqual({ id: '42' });
});

test('names are decoded and take one segment', () => {
  expect(found('GET', '/@bob')?.params).toEqual({ name: 'bob' });
  expect(found('GET', '/@bob/42')?.params).toEqual({ name: 'bob', id: '42' });
  expect(found('GET', '/users/b%20b')?.params).toEqual({ name: 'b b' });
  expect(found('GET', '/users/%zz')?.params).toEqual({ name: '%zz' });
});

test('a dot in a path is a dot, and a HEAD finds what a GET does', () => {
  expect(found('GET', '/.well-known/webfinger')).toBeDefined();
  expect(found('GET', '/xwell-known/webfinger')).toBeUndefined();
  expect(found('HEAD', '/api/v1/instance')).toBeDefined();
  expect(found('PUT', '/api/v1/instance')).toBeUndefined();
});

test('no two routes answer the same request', () => {
  const keys = table.map((one) => `${one.method} ${one.pattern.source}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(route('GET', '/a/:b', () => undefined).names).toEqual(['b']);
});
