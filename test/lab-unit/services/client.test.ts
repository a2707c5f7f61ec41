import './scratch.ts';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labFetch } from '../../../lab/client.ts';
import { ensureCa, ensureLeaf } from '../../../lab/services/ca.ts';

let server: Server;
let port: number;
const seen: { method: string; headers: Record<string, unknown>; size: number; text: string }[] = [];

beforeAll(async () => {
  await ensureCa();
  const leaf = await ensureLeaf('site', ['site.lab.test', 'other.lab.test']);
  server = createServer({ cert: leaf.pem, key: readFileSync(leaf.key) }, async (req, res) => {
    const body = Buffer.concat(await req.toArray());
    seen.push({
      method: req.method ?? '',
      headers: req.headers,
      size: body.length,
      text: body.toString('latin1'),
    });
    if (req.url === '/away') res.writeHead(302, { location: 'https://other.lab.test/x' });
    else if (req.url === '/round') res.writeHead(302, { location: '/round' });
    else if (req.url === '/none') res.writeHead(204);
    else if (req.url === '/silent') return;
    else res.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] });
    res.end(req.url === '/none' ? undefined : `${req.method} ${req.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const fetch = (path: string, init = {}) =>
  labFetch(`https://site.lab.test${path}`, { address: '127.0.0.1', port, ...init });

test('an answer comes with its headers, times and the address that gave it', async () => {
  const response = await fetch('/x?y=1');
  expect([response.status, await response.text()]).toEqual([200, 'GET /x?y=1']);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.timing.connect).toBeLessThanOrEqual(response.timing.firstByte);
  expect(response.timing.connect).toBeGreaterThan(0);
  expect(response.address).toBe('127.0.0.1');
  expect((await fetch('/none')).status).toBe(204);
});

test('a form, bytes and a stream arrive whole', async () => {
  const form = new FormData();
  form.set('file', new Blob(['content'], { type: 'image/png' }), 'a.png');
  await fetch('/', { method: 'POST', body: form });
  expect(seen.at(-1)?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  expect(seen.at(-1)?.text).toContain('filename="a.png"');
  await fetch('/', { method: 'PUT', body: new Uint8Array(1000) });
  expect(seen.at(-1)).toMatchObject({ size: 1000, headers: { 'content-length': '1000' } });
  const megabyte = Buffer.alloc(1 << 20);
  await fetch('/', { method: 'POST', body: Readable.from(Array.from({ length: 20 }, () => megabyte)) });
  expect(seen.at(-1)).toMatchObject({ size: 20 << 20, headers: { 'transfer-encoding': 'chunked' } });
});

test('a certificate of another name is refused', async () => {
  const wrong = labFetch('https://wrong.lab.test/', { address: '127.0.0.1', port });
  await expect(wrong).rejects.toThrow(/altnames|does not match/i);
});

test('a redirection is followed in the lab’s world, without the login, and not for ever', async () => {
  expect((await fetch('/away', { redirect: 'manual' })).status).toBe(302);
  expect((await fetch('/away', { headers: { authorization: 'Bearer x', accept: 'a/b' } })).status).toBe(200);
  expect(seen.at(-2)?.headers).toMatchObject({ host: 'site.lab.test', authorization: 'Bearer x' });
  expect(seen.at(-1)?.headers).toMatchObject({ host: 'other.lab.test', accept: 'a/b' });
  expect(seen.at(-1)?.headers.authorization).toBeUndefined();
  await expect(fetch('/round')).rejects.toThrow('more than five redirections');
});

test('one that does not answer in time is given up', async () => {
  await expect(fetch('/silent', { timeoutMs: 200 })).rejects.toThrow('no answer in time');
});
