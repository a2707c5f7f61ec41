import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Peer } from './peer.ts';
import type { PeerRequest } from './peer-store.ts';
import { readBody } from './read-body.ts';

export interface PeerCounts {
  connections: number;
  requests: number;
  /** Deliveries to an inbox, believed or not. */
  deliveries: number;
  verified: number;
  bySource: Record<string, number>;
}

function count(requests: PeerRequest[], connections: number): PeerCounts {
  const bySource: Record<string, number> = {};
  for (const { source } of requests) bySource[source] = (bySource[source] ?? 0) + 1;
  return {
    connections,
    requests: requests.length,
    deliveries: requests.filter((request) => request.method === 'POST' && request.activity).length,
    verified: requests.filter((request) => request.signature === 'verified').length,
    bySource,
  };
}

/** What a test asks of the peer, over a socket that only this machine's root reaches. */
export async function handleAdmin(peer: Peer, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://peer');
  try {
    const text = (await readBody(req, 1 << 20)).toString();
    const body = text ? JSON.parse(text) : {};
    const result = await act(peer, `${req.method} ${url.pathname}`, body, url.searchParams);
    res.writeHead(result === undefined ? 404 : 200, { 'content-type': 'application/json' });
    res.end(JSON.stringify(result ?? { error: `no ${req.method} ${url.pathname}` }));
  } catch (error) {
    res.writeHead(502, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ error: (error as Error).message }));
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the client's own types describe each body
async function act(peer: Peer, what: string, body: any, query: URLSearchParams): Promise<unknown> {
  const { store, federation } = peer;
  const name = body.name ?? 'alice';
  switch (what) {
    case 'GET /counts':
      return count(store.list(), store.connections);
    case 'GET /requests':
      return store.list(Number(query.get('after') ?? 0));
    case 'GET /state':
      return { following: store.state.following, followers: store.state.followers };
    case 'POST /reset':
      store.reset();
      return {};
    case 'POST /follow':
      return federation.follow(name, body.target);
    case 'POST /post':
      return federation.post(name, body.text, body.targets);
    case 'POST /get':
      return federation.get(body.url, name);
    default:
      return undefined;
  }
}
