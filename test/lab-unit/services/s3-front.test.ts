import './scratch.ts';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { labDir, paths } from '../../../lab/paths.ts';
import { ensureCa, ensureLeaf } from '../../../lab/services/ca.ts';
import type { S3Fault } from '../../../lab/services/s3-faults.ts';
import { createFront } from '../../../lab/services/s3-front.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

const host = 'fra1.digitaloceanspaces.com';
let gateway: Server;
let front: ReturnType<typeof createFront>[number];
let fault: S3Fault | undefined;
let answer: { status: number; body?: string; after?: Promise<void> };
let seen: Seen[];

beforeAll(async () => {
  await ensureCa();
  const leaf = await ensureLeaf('s3', [host, 'ams3.digitaloceanspaces.com']);
  mkdirSync(paths.run, { recursive: true });
  gateway = createServer(async (req, res) => {
    const body = (await req.toArray()).join('');
    seen.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, body });
    // As versitygw: whoever is not signed is refused.
    const status = req.headers.authorization ? answer.status : 403;
    await answer.after;
    res.writeHead(status, { 'x-from': 'gateway' }).end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => gateway.listen(join(paths.run, 's3-fra1.sock'), resolve));
  front = createFront({
    addresses: ['127.0.0.1'],
    port: 0,
    cert: leaf.pem,
    key: readFileSync(leaf.key, 'utf8'),
    socketDir: paths.run,
    aclDir: join(labDir, 'acl'),
    root: { accessKey: 'root', secretKey: 'secret' },
    log: () => {},
    fault: () => fault,
  })[0] as typeof front;
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  gateway.close();
  front.close();
});
beforeEach(() => {
  answer = { status: 200 };
  fault = undefined;
  seen = [];
});

function call(method: string, path: string, headers: Record<string, string> = {}, body = '', to = host) {
  return new Promise<{ status: number; text: string; headers: IncomingMessage['headers'] }>(
    (resolve, reject) => {
      const { port } = front.address() as AddressInfo;
      const options = {
        host: '127.0.0.1',
        port,
        servername: to,
        ca: readFileSync(paths.caCert),
        agent: false as const,
      };
      const req = request({ ...options, method, path, headers: { host: to, ...headers } }, async (res) =>
        resolve({ status: res.statusCode ?? 0, text: (await res.toArray()).join(''), headers: res.headers }),
      );
      req.on('error', reject);
      req.end(body);
    },
  );
}
const signed = { authorization: 'AWS4-HMAC-SHA256 by the app' };
const makePublic = { ...signed, 'x-amz-acl': 'public-read' };

test('a request passes as it came, so that its signature stays valid', async () => {
  const path = '/media/a%20b/%c3%bc(1).png?x-id=PutObject';
  const reply = await call(
    'PUT',
    path,
    { ...signed, 'X-Amz-Meta-Odd': 'a  b', expect: '100-continue' },
    'the body',
  );
  expect(reply.headers['x-from']).toBe('gateway');
  expect(seen[0]).toMatchObject({ method: 'PUT', url: path, body: 'the body' });
  expect(seen[0]?.headers).toMatchObject({
    host,
    'x-amz-meta-odd': 'a  b',
    authorization: signed.authorization,
  });
});

test('an object put with public-read is readable by everybody, and by nobody once it is put without', async () => {
  await call('PUT', '/media/x.png', makePublic);
  expect((await call('GET', '/media/x.png')).status).toBe(200);
  expect(seen.at(-1)?.headers.authorization).toContain('Credential=root/');
  await call('PUT', '/media/x.png', signed);
  expect((await call('GET', '/media/x.png')).status).toBe(403);
});

test('a refused put changes nothing', async () => {
  answer = { status: 403 };
  await call('PUT', '/media/refused.png', makePublic);
  answer = { status: 200 };
  expect((await call('GET', '/media/refused.png')).status).toBe(403);
});

test('neither lists, ACLs, versions nor writes become public with an object', async () => {
  await call('PUT', '/media/y.png', makePublic);
  for (const [method, path] of [
    ['GET', '/media'],
    ['GET', '/media/'],
    ['GET', '/media/?list-type=2'],
    ['GET', '/media/y.png?acl'],
    ['GET', '/media/y.png?versionId=1'],
    ['PUT', '/media/y.png'],
    ['DELETE', '/media/y.png'],
    ['GET', '/other/y.png'],
  ] as const)
    expect((await call(method, path)).status, `${method} ${path}`).toBe(403);
});

test('a multipart upload carries its ACL to the finished object', async () => {
  await call('POST', '/media/big.mp4?uploads', makePublic);
  expect((await call('GET', '/media/big.mp4')).status).toBe(403);
  await call('POST', '/media/big.mp4?uploadId=1', signed);
  expect((await call('GET', '/media/big.mp4')).status).toBe(200);
});

test('the ACL of an object can be set by whom the gateway would let, and by nobody else', async () => {
  answer = { status: 501 };
  expect((await call('PUT', '/media/z.png?acl', makePublic)).status).toBe(200);
  answer = { status: 200 };
  expect((await call('GET', '/media/z.png')).status).toBe(200);
  expect((await call('PUT', '/media/z.png?acl', { 'x-amz-acl': 'private' })).status).toBe(403);
  expect((await call('GET', '/media/z.png')).status).toBe(200);
});

test('a deleted object is not public when it comes back', async () => {
  await call('PUT', '/media/d.png', makePublic);
  await call('DELETE', '/media/d.png', signed);
  expect((await call('GET', '/media/d.png')).status).toBe(403);
});

test('a region without buckets and a foreign host are told so', async () => {
  const ams3 = await call('GET', '/media/x', signed, '', 'ams3.digitaloceanspaces.com');
  expect([ams3.status, ams3.text]).toEqual([404, expect.stringContaining('NoSuchBucket')]);
  expect((await call('GET', '/x', { ...signed, host: 'media.fra1.digitaloceanspaces.com' })).status).toBe(
    400,
  );
});

test('a client that is gone before its answer leaves the gateway to the others', async () => {
  const { port } = front.address() as AddressInfo;
  let speak = () => {};
  answer.after = new Promise((resolve) => {
    speak = resolve;
  });
  const gone = request({
    ...{ host: '127.0.0.1', port, servername: host, ca: readFileSync(paths.caCert), agent: false as const },
    ...{ path: '/bucket/key', headers: { host, authorization: 'x' } },
  });
  gone.on('error', () => {});
  gone.end();
  await expect.poll(() => seen.length).toBe(1);
  gone.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  speak();
  await new Promise((resolve) => setTimeout(resolve, 50));
  answer = { status: 200, body: 'still here' };
  expect(await call('GET', '/bucket/key', { authorization: 'x' })).toMatchObject({ text: 'still here' });
});

test('a storage that is off resets connections, and one with errors answers some requests with them', async () => {
  fault = { off: true };
  await expect(call('GET', '/media/x', signed)).rejects.toThrow(/socket|ECONNRESET/);
  fault = { status: 503, oneIn: 2 };
  const answers = [await call('GET', '/media/x', signed), await call('GET', '/media/x', signed)];
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 503]);
  expect(answers.map(({ text }) => text).join()).toContain('<Code>SlowDown</Code>');
  fault = { delayMs: 200 };
  const began = performance.now();
  expect((await call('GET', '/media/x', signed)).status).toBe(200);
  expect(performance.now() - began).toBeGreaterThan(190);
});

test('a storage with another clock says its time, and refuses what is more than 15 minutes off', async () => {
  const now = `${new Date().toISOString().replace(/[-:]|[.]\d+/g, '')}`;
  const timed = { ...signed, 'x-amz-date': now };
  fault = { clockSeconds: 600 };
  const near = await call('GET', '/media/x', timed);
  expect(near.status).toBe(200);
  expect(Date.parse(near.headers.date ?? '') - Date.now()).toBeGreaterThan(590_000);
  fault = { clockSeconds: -960 };
  const far = await call('GET', '/media/x', timed);
  expect(far).toMatchObject({ status: 403, text: expect.stringContaining('RequestTimeTooSkewed') });
  expect(Date.parse(far.headers.date ?? '') - Date.now()).toBeLessThan(-950_000);
});
