import { createServer, type IncomingMessage, type Server } from 'node:http';
import { accessOf } from '../accounts.ts';
import { ApiError, isRefusal, notFound } from '../api-error.ts';
import { takeFault } from '../faults.ts';
import { ownedBy } from '../lookup.ts';
import type { Objects } from '../objects.ts';
import { refusalsOf } from '../refusals.ts';
import type { Store } from '../store.ts';
import type { Properties } from '../types.ts';
import { cloudflare } from './cloudflare.ts';
import { digitalocean } from './digitalocean.ts';
import { hcloud } from './hcloud.ts';
import { spaces } from './spaces.ts';
import type { Api, ApiRequest, Change, Seen } from './types.ts';

const apis: Record<string, Api> = { cloudflare, digitalocean, hcloud, spaces };

/**
 * The providers' own HTTP APIs, each below its name, as far as somebody asks them what a token may do and what is
 * there, and as far as somebody puts away what is left of a lost machine. An injected failure of reading `Account` makes a provider's answer fail.
 */
export function createApi(store: Store, objects: Objects, log: (line: string) => void = () => {}): Server {
  const { state } = store;
  return createServer(async (incoming, response) => {
    const [provider, request] = await read(incoming);
    const api = apis[provider];
    let status = 200;
    let body: Properties | string | undefined;
    try {
      if (!api) throw notFound();
      takeFault(state, provider, 'Account', 'read');
      const seen = seenBy(store, objects, provider, request);
      const change = api.change?.(request, seen, changesBy(seen, objects));
      if (change) [status, body] = await change;
      else body = api.answer(request, seen);
    } catch (error) {
      if (!isRefusal(error)) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      const refusal = isRefusal(error) ? error : new ApiError(500, 'the lab failed', 'server_error');
      [status, body] = api ? api.refusal(refusal) : [404, { message: refusal.message }];
    }
    const text = typeof body === 'string';
    response.writeHead(status, { 'content-type': text ? 'application/xml' : 'application/json' });
    response.end(text || body === undefined ? body : JSON.stringify(body));
    log(`${request.method} ${request.pathname} ${status}`);
  });
}

function seenBy({ state }: Store, objects: Objects, provider: string, { headers }: ApiRequest): Seen {
  const access = () => accessOf(state, provider, headers.authorization as string | undefined);
  const list = (type: string) => state.objects.filter(ownedBy(access().account, type));
  return { state, access, list, context: () => objects.contextOf(access().account) };
}

function changesBy({ access, list, context }: Seen, objects: Objects): Change {
  const account = () => {
    const { account, permissions } = access();
    if (permissions === 'read') throw refusalsOf(account.provider).readOnly();
    return account;
  };
  return {
    find(type, id) {
      const found = list(type).find((object) => object.id === id);
      if (!found) throw notFound();
      return found;
    },
    create: (type, inputs) => objects.create(account(), type, inputs),
    update: async ({ type, id }, inputs) => void (await objects.update(account(), type, id, inputs)),
    remove: ({ type, id }) => objects.remove(account(), type, id),
    async powerOff({ type, id, hidden }) {
      const owner = account();
      await context().backends.machines.stopMachine(String(hidden.machine), { hard: true });
      await objects.read(owner, type, id);
    },
  };
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
