import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { accessOf, putAccount } from './accounts.ts';
import { ApiError, isRefusal, notFound } from './api-error.ts';
import type { Backends } from './backends.ts';
import { operate } from './machine-operations.ts';
import { Objects } from './objects.ts';
import { refusalsOf } from './refusals.ts';
import type { Store } from './store.ts';
import type { Account, CloudObject, Fault, Properties } from './types.ts';

interface Request {
  method: string;
  path: string[];
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Properties;
}

const shown = ({ provider, type, id, account, inputs, outputs, phase }: CloudObject): Properties => ({
  provider,
  type,
  id,
  account,
  inputs,
  outputs,
  phase,
});

/** The clouds' API for the plugins (`/v1/…`, by token) and the lab's own for tests (`/lab/…`). */
export function createCloud(
  store: Store,
  backends: Backends,
  log: (line: string) => void = () => {},
): { server: Server; objects: Objects } {
  const objects = new Objects(store, backends);

  const route = async (request: Request): Promise<Properties | undefined> => {
    const [root, ...rest] = request.path;
    if (root === 'v1') {
      const [provider = '', type = '', id] = rest;
      const access = accessOf(store.state, provider, request.headers.authorization);
      if (request.method !== 'GET' && access.permissions === 'read') throw refusalsOf(provider).readOnly();
      return resource(request, access.account, type, id);
    }
    if (root === 'lab') return labOnly(request, rest);
    throw notFound();
  };

  const resource = async (
    { method, body, headers }: Request,
    account: Account,
    type: string,
    id?: string,
  ): Promise<Properties | undefined> => {
    if (method === 'POST' && id === undefined) {
      const key = headers['idempotency-key'];
      return shown(await objects.create(account, type, body, typeof key === 'string' ? key : undefined));
    }
    if (id === undefined) throw new ApiError(405, `${method} needs an id`);
    if (method === 'GET') return shown(await objects.read(account, type, id));
    if (method === 'PATCH') return shown(await objects.update(account, type, id, body));
    if (method !== 'DELETE') throw new ApiError(405, `${method} is not known here`);
    await objects.remove(account, type, id);
    return undefined;
  };

  const labOnly = async (request: Request, [what, ...rest]: string[]): Promise<Properties | undefined> => {
    const { method, body, query } = request;
    switch (`${method} ${what}`) {
      case 'GET health':
        return { ok: true, objects: store.state.objects.length };
      case 'POST accounts':
        putAccount(store.state, body as unknown as Account);
        return void (await store.save());
      case 'POST faults':
        store.state.faults.push(body as unknown as Fault);
        return void (await store.save());
      case 'DELETE faults':
        store.state.faults = [];
        return void (await store.save());
      case 'POST lifecycle':
        return {
          done: await backends.storage.applyLifecycle(new Date(String(body.now ?? new Date().toISOString()))),
        };
      case 'POST machines': {
        const [id = '', op = ''] = rest;
        const account = { provider: 'digitalocean', name: '', token: '' };
        return void (await operate(objects.contextOf(account), id, op, body));
      }
      case 'GET objects': {
        const wanted = (o: CloudObject) =>
          (!query.get('provider') || o.provider === query.get('provider')) &&
          (!query.get('type') || o.type === query.get('type'));
        return { objects: objects.everything().filter(wanted).map(shown) };
      }
    }
    if (what !== 'objects') throw notFound();
    // By hand in the provider's control panel, so to speak.
    const [provider = '', type = '', id = ''] = rest;
    return resource(request, objects.owner(provider, type, id), type, id);
  };

  const delivered = ([, provider = '', type = '']: string[], id: string) =>
    objects.delivered(provider, type, id);

  const server = createServer((incoming, response) => {
    const requestId = randomUUID();
    answer(incoming, response, route, requestId, log, delivered).catch((error: unknown) => {
      log(`${incoming.method} ${incoming.url} ${error}`);
      response.destroy();
    });
  });
  // A machine may take a while to boot.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  return { server, objects };
}

async function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  route: (request: Request) => Promise<Properties | undefined>,
  requestId: string,
  log: (line: string) => void,
  delivered: (path: string[], id: string) => Promise<void>,
): Promise<void> {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://cloud');
  const text = (await incoming.toArray()).join('');
  const path = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const send = (status: number, body: Properties) => {
    if (incoming.method === 'POST' && typeof body.id === 'string') {
      const { id } = body;
      // Emitted only when the whole answer has left.
      response.once('finish', () => void delivered(path, id).catch((error) => log(String(error))));
    }
    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': requestId });
    response.end(JSON.stringify(body));
  };
  const started = Date.now();
  let status = 200;
  try {
    const body = await route({
      method: incoming.method ?? 'GET',
      path,
      query: searchParams,
      headers: incoming.headers,
      body: text ? JSON.parse(text) : {},
    });
    status = body === undefined ? 204 : 200;
    if (body === undefined) response.writeHead(204, { 'x-request-id': requestId }).end();
    else send(200, body);
  } catch (error) {
    status = isRefusal(error) ? error.status : 500;
    if (!isRefusal(error)) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const { message, code = '' } = error as Error & { code?: string };
    send(status, { message, code, ...(error instanceof ApiError ? error.made : {}) });
  }
  // Never the body: keys and user data stand in it.
  log(`${incoming.method} ${pathname} ${status} ${Date.now() - started} ms`);
}
