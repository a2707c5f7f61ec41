import { createServer, type IncomingMessage, type Server } from 'node:http';
import { accessOf } from '../accounts.ts';
import { ApiError, isRefusal, notFound } from '../api-error.ts';
import { takeFault } from '../faults.ts';
import { ownedBy } from '../lookup.ts';
import type { Store } from '../store.ts';
import type { Properties } from '../types.ts';
import { cloudflare } from './cloudflare.ts';
import { digitalocean } from './digitalocean.ts';
import { hcloud } from './hcloud.ts';
import { spaces } from './spaces.ts';
import type { Api, ApiRequest, Seen } from './types.ts';

const apis: Record<string, Api> = { cloudflare, digitalocean, hcloud, spaces };

/**
 * The providers' own HTTP APIs, each below its name, as far as somebody asks them what a token may do and what is
 * there. Nothing is made here. An injected failure of reading `Account` makes a provider's answer fail.
 */
export function createApi(store: Store, log: (line: string) => void = () => {}): Server {
  const { state } = store;
  return createServer(async (incoming, response) => {
    const [provider, request] = await read(incoming);
    const api = apis[provider];
    let status = 200;
    let body: Properties | string;
    try {
      if (!api) throw notFound();
      takeFault(state, provider, 'Account', 'read');
      body = api.answer(request, seenBy(store, provider, request));
    } catch (error) {
      if (!isRefusal(error)) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      const refusal = isRefusal(error) ? error : new ApiError(500, 'the lab failed', 'server_error');
      [status, body] = api ? api.refusal(refusal) : [404, { message: refusal.message }];
    }
    const text = typeof body === 'string';
    response.writeHead(status, { 'content-type': text ? 'application/xml' : 'application/json' });
    response.end(text ? body : JSON.stringify(body));
    log(`${request.method} ${request.pathname} ${status}`);
  });
}

function seenBy({ state }: Store, provider: string, { headers }: ApiRequest): Seen {
  const access = () => accessOf(state, provider, headers.authorization as string | undefined);
  const list = (type: string) => state.objects.filter(ownedBy(access().account, type));
  return { state, access, list };
}

async function read(incoming: IncomingMessage): Promise<[provider: string, ApiRequest]> {
  const { pathname, searchParams: query } = new URL(incoming.url ?? '/', 'http://api');
  const [provider = '', ...path] = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const text = (await incoming.toArray()).join('');
  const body = parse(text);
  const { method = 'GET', headers } = incoming;
  return [provider, { method, path, query, pathname, headers, body }];
}

function parse(text: string): Properties {
  try {
    return JSON.parse(text || '{}') as Properties;
  } catch {
    return {};
  }
}
