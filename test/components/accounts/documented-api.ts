import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Given {
  status: number;
  body?: unknown;
  /** Instead of JSON. */
  text?: string;
}

export type Routes = Record<string, Given | ((request: IncomingMessage) => Given)>;

/**
 * A server on loopback that answers as a provider's documentation says its API does. It tests our reading of that
 * documentation, and cannot say whether the provider does what it documents.
 */
export async function documentedApi(routes: Routes) {
  const asked: { route: string; token: string; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').split('?')[0];
    const route = `${request.method} ${path}`;
    const body = (await request.toArray()).join('');
    asked.push({ route, token: request.headers.authorization ?? '', body });
    const found = routes[route] ?? {
      status: 404,
      body: { error: { code: 'not_found', message: 'not found' } },
    };
    const given = typeof found === 'function' ? found(request) : found;
    response.writeHead(given.status, { 'content-type': given.text ? 'application/xml' : 'application/json' });
    response.end(given.text ?? JSON.stringify(given.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    base,
    asked,
    /** Requests that are not plain reading. */
    writes: () => asked.filter(({ route }) => !route.startsWith('GET ')),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
