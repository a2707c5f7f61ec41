import { request } from 'node:http';
import { paths } from '../paths.ts';
import type { PeerCounts } from './peer-admin.ts';
import type { Sent } from './peer-federation.ts';
import type { PeerRequest } from './peer-store.ts';

export type { PeerCounts } from './peer-admin.ts';
export type { PeerRequest } from './peer-store.ts';

function ask<T>(method: string, path: string, body?: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const req = request(
      { socketPath: paths.peerSocket, method, path, agent: false, timeout: 40_000 },
      async (res) => {
        const answer = JSON.parse((await res.toArray()).join(''));
        if (res.statusCode === 200) resolve(answer as T);
        else reject(new Error(`the peer could not ${path.slice(1)} — ${answer.error}`));
      },
    );
    req.on('timeout', () => req.destroy(new Error(`the peer does not answer — ${paths.peerSocket}`)));
    req.on('error', reject);
    req.end(body ? JSON.stringify(body) : undefined);
  });
}

/** A request to an inbox, with what the peer made of its signature. */
export type Delivery = PeerRequest & { verified: boolean };

export const peerCounts = () => ask<PeerCounts>('GET', '/counts');

/** Everything that arrived after the request with this id, oldest first. */
export const peerRequests = (after = 0) => ask<PeerRequest[]>('GET', `/requests?after=${after}`);

/** What was delivered to an inbox of the peer, believed or not. */
export async function deliveries(after = 0): Promise<Delivery[]> {
  const requests = await peerRequests(after);
  return requests
    .filter(({ method, path }) => method === 'POST' && /\/inbox$/.test(path))
    .map((request) => ({ ...request, verified: request.signature === 'verified' }));
}

/** Forgets what arrived; keys and follows stay. */
export const resetPeer = () => ask<object>('POST', '/reset');

/** Whom the peer's actors follow, and who follows them. */
export const peerFollows = () =>
  ask<{ following: { actor: string; accepted?: boolean }[]; followers: { actor: string }[] }>(
    'GET',
    '/state',
  );

/** Sends a signed Follow; `target` is `user@host` or an actor's URL. An actor of the peer is made when first named. */
export const follow = (target: string, name = 'alice') => ask<Sent>('POST', '/follow', { target, name });

/** Publishes a note to the targets, or to whoever follows the actor. */
export const publish = (text: string, targets: string[] = [], name = 'alice') =>
  ask<{ note: { id: string }; sent: Sent[] }>('POST', '/post', { text, targets, name });

/** Fetches a document with a signed request, as a server with an account would. */
export const fetchSigned = (url: string, name = 'alice') =>
  ask<Record<string, unknown>>('POST', '/get', { url, name });
