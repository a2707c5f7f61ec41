import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { remoteIpReader } from '../../../../lab/standin/src/web/proxy.ts';

const request = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded ? { 'x-forwarded-for': forwarded } : {},
  }) as unknown as IncomingMessage;

test('behind the private proxies of a host the client is who they say', () => {
  const ip = remoteIpReader([]);
  expect(ip(request('172.19.0.1', '203.0.113.9'))).toBe('203.0.113.9');
  expect(ip(request('::ffff:127.0.0.1', '203.0.113.9, 10.0.0.4'))).toBe('203.0.113.9');
  expect(ip(request('::1', '2001:db8::7'))).toBe('2001:db8::7');
});

test('a client cannot lend itself another address', () => {
  const ip = remoteIpReader([]);
  expect(ip(request('203.0.113.9', '198.51.100.1'))).toBe('203.0.113.9');
  expect(ip(request('127.0.0.1', '198.51.100.1, 203.0.113.9'))).toBe('203.0.113.9');
});

test('TRUSTED_PROXY_IP replaces the private ranges', () => {
  const ip = remoteIpReader(['198.19.0.0/16', '192.0.2.1']);
  expect(ip(request('198.19.3.4', '203.0.113.9'))).toBe('203.0.113.9');
  expect(ip(request('192.0.2.1', '203.0.113.9'))).toBe('203.0.113.9');
  expect(ip(request('127.0.0.1', '203.0.113.9'))).toBe('127.0.0.1');
});
