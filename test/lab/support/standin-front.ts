import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { gateway } from '../../../lab/services/addresses.ts';
import { ensureLeaf } from '../../../lab/services/ca.ts';

/** What nginx is on a machine: TLS in front of web and streaming, on the bridge's own address. */
export async function openFront(domain: string, web: string, streaming: string): Promise<https.Server> {
  const leaf = await ensureLeaf('standin-test', [domain]);
  const target = (url = '') =>
    url.startsWith('/api/v1/streaming') ? { host: streaming, port: 4000 } : { host: web, port: 3000 };
  const server = https.createServer({ cert: readFileSync(leaf.cert), key: readFileSync(leaf.key) });
  server.on('request', (req: http.IncomingMessage, res: http.ServerResponse) => {
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-for': req.socket.remoteAddress };
    const upstream = http.request({
      ...target(req.url),
      method: req.method,
      path: req.url,
      headers: { ...req.headers, ...forwarded },
    });
    upstream.on('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    upstream.on('error', () => (res.headersSent ? res.destroy() : res.writeHead(502).end()));
    // Whoever stops listening to a stream must not go on being served.
    res.on('close', () => upstream.destroy());
    req.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(443, gateway.v4, resolve));
  return server;
}
