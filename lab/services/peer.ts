import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { labFetch } from '../client.ts';
import { services } from './addresses.ts';
import { handleAdmin } from './peer-admin.ts';
import { activityType, PeerDocuments } from './peer-documents.ts';
import { PeerFederation } from './peer-federation.ts';
import { type PeerRequest, PeerStore } from './peer-store.ts';
import { readBody } from './read-body.ts';

interface Answer {
  status: number;
  body?: object | string;
  type?: string;
  signature?: string;
  activity?: Record<string, unknown>;
}

/** A fediverse server that remembers everything that reaches it. */
export class Peer {
  readonly store: PeerStore;
  readonly documents: PeerDocuments;
  readonly federation: PeerFederation;

  constructor(dir: string, host: string = services.peer.host, fetch?: typeof labFetch) {
    this.store = new PeerStore(dir);
    this.documents = new PeerDocuments(host, this.store);
    this.federation = new PeerFederation(this.store, this.documents, fetch);
  }

  handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const secure = (req.socket as TLSSocket).encrypted === true;
    const body = await readBody(req, 10 << 20);
    const answer = await this.answer(req, secure, body).catch((error: Error): Answer => {
      console.log(error.stack);
      return { status: 500, body: { error: error.message } };
    });
    const { activity } = answer;
    const text = body.toString('utf8');
    this.store.record({
      method: req.method ?? '',
      path: req.url ?? '',
      host: req.headers.host ?? '',
      secure,
      source: (req.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
      headers: req.headers as Record<string, string>,
      body: Buffer.from(text).equals(body) ? text : body.toString('base64'),
      status: answer.status,
      ...(answer.signature ? { signature: answer.signature } : {}),
      ...(activity ? { activity: activity as PeerRequest['activity'] } : {}),
    });
    const type = answer.type ?? (typeof answer.body === 'string' ? 'text/plain' : 'application/json');
    const content = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    res.writeHead(answer.status, { 'content-type': type }).end(req.method === 'HEAD' ? undefined : content);
  };

  private async answer(req: IncomingMessage, secure: boolean, body: Buffer): Promise<Answer> {
    const url = new URL(req.url ?? '/', this.documents.base);
    if (!secure) return { status: 301, body: `${this.documents.base}${url.pathname}` };
    const path = url.pathname;
    // Alerts and pings of a dead man's switch are taken here, too, and remembered like everything else.
    if (/^\/hooks\/[a-z-]+$/.test(path)) return { status: 200, body: { ok: true } };
    if (req.method === 'POST') return this.inbox(req, url, body);
    if (path === '/.well-known/webfinger') {
      const found = this.documents.webfinger(url.searchParams.get('resource'));
      return found ? { status: 200, body: found, type: 'application/jrd+json' } : { status: 404 };
    }
    if (path === '/.well-known/nodeinfo') {
      const rel = 'http://nodeinfo.diaspora.software/ns/schema/2.0';
      return { status: 200, body: { links: [{ rel, href: `${this.documents.base}/nodeinfo/2.0` }] } };
    }
    if (path === '/nodeinfo/2.0') return { status: 200, body: this.documents.nodeinfo() };
    const note = this.store.state.notes[`${this.documents.base}${path}`];
    if (note) return { status: 200, body: note, type: activityType };
    const [, name, kind] = path.match(/^\/users\/([a-z0-9_]+)(?:\/(followers|following|outbox))?$/) ?? [];
    if (!name) return { status: 404, body: { error: 'Not Found' } };
    const list = kind as 'followers' | 'following' | 'outbox' | undefined;
    return {
      status: 200,
      body: list ? this.documents.collection(name, list) : this.documents.actor(name),
      type: activityType,
    };
  }

  private async inbox(req: IncomingMessage, url: URL, body: Buffer): Promise<Answer> {
    if (!/^(\/users\/[a-z0-9_]+)?\/inbox$/.test(url.pathname))
      return { status: 404, body: { error: 'Not Found' } };
    let activity: Record<string, unknown>;
    try {
      activity = JSON.parse(body.toString('utf8'));
    } catch {
      return { status: 400, body: { error: 'not JSON' } };
    }
    const received = { method: 'POST', path: req.url ?? '', headers: req.headers, body };
    const problem = await this.federation.problem(received, activity);
    if (problem) return { status: 401, body: { error: problem }, signature: problem, activity };
    // The sender must not wait for what its activity sets off.
    setImmediate(() => {
      this.federation.receive(activity).catch((error) => console.log(`${activity.type}: ${error.message}`));
    });
    return { status: 202, signature: 'verified', activity };
  }
}

if (import.meta.main) {
  const { rmSync } = await import('node:fs');
  const { paths } = await import('../paths.ts');
  const { addresses, cert, key } = JSON.parse(process.env.PEER ?? '{}');
  const peer = new Peer(paths.peer);
  const tls = { cert: readFileSync(cert), key: readFileSync(key) };
  for (const address of addresses as string[])
    for (const [server, port] of [
      [createSecureServer(tls, peer.handle), 443],
      [createServer(peer.handle), 80],
    ] as const) {
      server.on('connection', () => {
        peer.store.connections++;
      });
      server.listen(port, address);
    }
  rmSync(paths.peerSocket, { force: true });
  createServer((req, res) => void handleAdmin(peer, req, res)).listen(paths.peerSocket);
}
