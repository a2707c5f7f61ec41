import './scratch.ts';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { labFetch } from '../../../lab/client.ts';
import { labDir } from '../../../lab/paths.ts';
import { ensureCa, ensureLeaf } from '../../../lab/services/ca.ts';
import { signRequest } from '../../../lab/services/http-signature.ts';
import { Peer } from '../../../lab/services/peer.ts';

const servers: Server[] = [];
const ports = new Map<string, number>();

/** Names resolve to this test's servers; the rest is the lab's own client. */
const fetch: typeof labFetch = (url, init = {}) => {
  const { hostname, pathname, search } = new URL(url);
  const port = ports.get(hostname);
  if (!port) return Promise.reject(new Error(`no address of ${hostname}`));
  return localFetch(hostname, port, `${pathname}${search}`, init);
};

function localFetch(host: string, port: number, path: string, init: Parameters<typeof labFetch>[1]) {
  return labFetch(`https://${host}${path}`, { ...init, port, address: '127.0.0.1' });
}

async function start(host: string): Promise<Peer> {
  const peer = new Peer(join(labDir, host), host, fetch);
  const leaf = await ensureLeaf(host, [host]);
  const server = createServer({ cert: leaf.pem, key: readFileSync(leaf.key) }, peer.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ports.set(host, (server.address() as AddressInfo).port);
  servers.push(server);
  return peer;
}

let here: Peer;
let there: Peer;
beforeAll(async () => {
  await ensureCa();
  here = await start('here.lab.test');
  there = await start('there.lab.test');
});
beforeEach(() => {
  here.store.reset();
  there.store.reset();
});
afterAll(() => {
  for (const server of servers) server.close();
});

test('an account is found by webfinger and is what it says it is', async () => {
  const actor = await here.federation.resolve('bob@there.lab.test');
  expect(actor).toMatchObject({ id: 'https://there.lab.test/users/bob', preferredUsername: 'bob' });
  expect(actor.publicKey.publicKeyPem).toBe(there.store.key('bob').publicKey);
  expect(there.store.list().map(({ path }) => path)).toEqual([
    '/.well-known/webfinger?resource=acct%3Abob%40there.lab.test',
    '/users/bob',
  ]);
});

test('a follow is believed, accepted and remembered on both sides', async () => {
  expect((await here.federation.follow('alice', 'bob@there.lab.test')).status).toBe(202);
  await expect.poll(() => here.store.state.following[0]?.accepted).toBe(true);
  expect(there.store.state.followers).toMatchObject([
    { name: 'bob', actor: 'https://here.lab.test/users/alice' },
  ]);
  const follow = there.store.list().find(({ activity }) => activity?.type === 'Follow');
  expect(follow).toMatchObject({ signature: 'verified', status: 202, source: '127.0.0.1', secure: true });
});

test('a post reaches its followers, with its text', async () => {
  const { note, sent } = await there.federation.post('bob', 'hello <world>');
  expect(sent.map(({ status }) => status)).toEqual([202]);
  const create = here.store.list().find(({ activity }) => activity?.type === 'Create');
  expect(create?.activity?.object).toMatchObject({ id: note.id, content: '<p>hello &lt;world></p>' });
  expect((await here.federation.get(note.id)).id).toBe(note.id);
});

const inbox = 'https://there.lab.test/users/bob/inbox';
const body = JSON.stringify({
  id: 'x',
  type: 'Like',
  actor: 'https://here.lab.test/users/alice',
  object: 'y',
});

test('an unsigned delivery is refused, and recorded all the same', async () => {
  const response = await fetch(inbox, { method: 'POST', body });
  expect(response.status).toBe(401);
  expect(there.store.list()).toMatchObject([{ body, signature: 'unsigned', activity: { type: 'Like' } }]);
});

test('a delivery signed in another’s name is refused', async () => {
  const key = {
    keyId: 'https://here.lab.test/users/mallory#main-key',
    privateKeyPem: here.store.key('mallory').privateKey,
  };
  const response = await fetch(inbox, {
    method: 'POST',
    body,
    headers: signRequest({ method: 'POST', url: inbox, body }, key),
  });
  expect([response.status, await response.text()]).toEqual([401, expect.stringContaining('signed by')]);
});

test('a delivery whose key cannot be fetched is refused with the reason', async () => {
  const key = {
    keyId: 'https://gone.lab.test/users/x#main-key',
    privateKeyPem: here.store.key('alice').privateKey,
  };
  const response = await fetch(inbox, {
    method: 'POST',
    body,
    headers: signRequest({ method: 'POST', url: inbox, body }, key),
  });
  expect([response.status, await response.text()]).toEqual([
    401,
    expect.stringContaining('cannot be fetched'),
  ]);
});

test('what is not there is recorded too', async () => {
  expect((await fetch('https://there.lab.test/wp-login.php')).status).toBe(404);
  expect(there.store.list()).toMatchObject([{ method: 'GET', path: '/wp-login.php', status: 404 }]);
});

test('what a peer saw survives its restart', async () => {
  await fetch('https://there.lab.test/one');
  const again = new Peer(join(labDir, 'there.lab.test'), 'there.lab.test', fetch);
  expect(again.store.list().map(({ path }) => path)).toEqual(['/one']);
  expect(again.store.key('bob')).toEqual(there.store.key('bob'));
});
