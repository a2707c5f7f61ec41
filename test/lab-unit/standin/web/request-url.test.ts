import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { requestUrl } from '../../../../lab/standin/src/web/request-url.ts';

const urlOf = (url: string) => requestUrl({ url } as IncomingMessage);

test('a path and its query are read, also with slashes in front', () => {
  expect(urlOf('/a/b?c=d')?.pathname).toBe('/a/b');
  expect(urlOf('/a/b?c=d')?.searchParams.get('c')).toBe('d');
  expect(urlOf('//evil.example/x')?.host).toBe('localhost');
  expect(urlOf('//')?.pathname).toBe('//');
});

test.each(['*', 'http://evil.example/', 'evil:443'])('%s asks for nothing here', (url) => {
  expect(urlOf(url)).toBeUndefined();
});
