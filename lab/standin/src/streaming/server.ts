import http, { type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { App } from '../core/app.ts';
import { log } from '../core/log.ts';
import { findToken } from '../model/tokens.ts';
import { requestUrl } from '../web/request-url.ts';
import { channelsOf, type StreamUser } from './channels.ts';
import { createHub } from './hub.ts';
import { acceptWebSocket } from './websocket.ts';

/** The streaming process: events from Redis to browsers, as server-sent events or over a websocket. */
export function createStreamingServer(app: App): http.Server {
  const hub = createHub(app);
  const server = http.createServer((req, res) => {
    const fail = (status: number, error: string): void => {
      if (res.headersSent) return void res.destroy();
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    };
    const url = requestUrl(req);
    if (!url) return fail(400, 'Bad Request');
    if (url.pathname === '/api/v1/streaming/health') {
      res.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'private, no-store' }).end('OK');
      return;
    }
    const name = url.pathname.replace(/^\/api\/v1\/streaming\/?/, '').replace(/\//g, ':');
    authenticate(app, req, url)
      .then((user) => {
        const channels = channelsOf(name || (url.searchParams.get('stream') ?? ''), user, url.searchParams);
        if (!user) return fail(401, 'Missing access token');
        if (!channels) return fail(404, 'Not found');
        res.writeHead(200, {
          'content-type': 'text/event-stream',
          'cache-control': 'private, no-store',
          'x-accel-buffering': 'no',
        });
        res.write(':)\n');
        const leave = hub.join(
          channels,
          (event, payload) => void res.write(`event: ${event}\ndata: ${payload}\n\n`),
        );
        // keeps proxies from closing a quiet stream
        const beat = setInterval(() => res.write(':thump\n'), 15_000);
        res.on('close', () => {
          clearInterval(beat);
          leave();
        });
      })
      .catch((error: Error) => {
        log.error(`streaming: ${error.message}`);
        fail(500, 'Internal Server Error');
      });
  });
  server.on('upgrade', (req: IncomingMessage, socket: Duplex) => {
    // a client may hang up while its token is looked up
    socket.on('error', () => socket.destroy());
    const url = requestUrl(req);
    if (!url) return refuse(socket, '400 Bad Request');
    authenticate(app, req, url)
      .then((user) => {
        if (!user) return refuse(socket, '401 Unauthorized');
        serveSocket(acceptWebSocket(req, socket), user, url);
      })
      .catch((error: Error) => {
        log.error(`streaming: ${error.message}`);
        refuse(socket, '500 Internal Server Error');
      });
  });
  const serveSocket = (ws: ReturnType<typeof acceptWebSocket>, user: StreamUser, url: URL): void => {
    const joined = new Map<string, () => void>();
    const subscribe = (stream: string, params: URLSearchParams): void => {
      const channels = channelsOf(stream, user, params);
      if (!channels) {
        ws.send(JSON.stringify({ error: 'Unknown channel requested', status: 400 }));
        return;
      }
      joined.get(stream)?.();
      joined.set(
        stream,
        hub.join(channels, (event, payload) => ws.send(JSON.stringify({ stream: [stream], event, payload }))),
      );
    };
    ws.onMessage = (text) => {
      const message = JSON.parse(text) as { type?: string; stream?: string; tag?: string; list?: string };
      const params = new URLSearchParams({ tag: message.tag ?? '', list: message.list ?? '' });
      if (message.type === 'subscribe' && message.stream) subscribe(message.stream, params);
      if (message.type === 'unsubscribe' && message.stream) {
        joined.get(message.stream)?.();
        joined.delete(message.stream);
      }
    };
    ws.onClose = () => {
      for (const leave of joined.values()) leave();
    };
    const first = url.searchParams.get('stream');
    if (first) subscribe(first, url.searchParams);
  };
  return server;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function authenticate(app: App, req: IncomingMessage, url: URL): Promise<StreamUser | undefined> {
  const header = /^Bearer\s+(\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
  const token = header ?? url.searchParams.get('access_token') ?? req.headers['sec-websocket-protocol'];
  const found = token ? await findToken(app.db, String(token)) : undefined;
  return found?.account_id && !found.disabled
    ? { accountId: found.account_id, scopes: String(found.scopes).split(/\s+/) }
    : undefined;
}
