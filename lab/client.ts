import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { paths } from './paths.ts';
import { gateway } from './services/addresses.ts';

export interface LabRequest {
  method?: string;
  headers?: Record<string, string>;
  /** A stream is sent as it comes, without being held in memory. */
  body?: string | Uint8Array | FormData | URLSearchParams | Readable;
  /** The address family to reach the host by; IPv4 unless the name has none. */
  family?: 4 | 6;
  /** Milliseconds until the answer's headers; default 30 000. */
  timeoutMs?: number;
  /** `manual` returns redirections as they are. */
  redirect?: 'follow' | 'manual';
  /** ADDRESS:PORT of another DNS server than the lab's. */
  dns?: string;
  /** Where to connect, without asking any DNS. */
  address?: string;
  /** Where to connect instead of the URL's port. */
  port?: number;
}

export interface LabResponse extends Response {
  /** Milliseconds since the start: name found, connected, first byte. */
  timing: { lookup: number; connect: number; firstByte: number };
  /** The address that answered. */
  address: string;
}

/** Finds a host's address in the lab's DNS and nowhere else: a test never reaches the real site. */
export async function labLookup(host: string, family?: 4 | 6, dns: string = gateway.v4): Promise<string> {
  const literal = host.replace(/^\[|\]$/g, '');
  if (isIP(literal)) return literal;
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([dns]);
  const ask = (version: 4 | 6) => (version === 6 ? resolver.resolve6(host) : resolver.resolve4(host));
  const none = () => [] as string[];
  const found = family ? await ask(family).catch(none) : [...(await ask(4).catch(none))];
  if (found.length === 0 && !family) found.push(...(await ask(6).catch(none)));
  if (!found[0])
    throw new Error(
      `no ${family ? `IPv${family} ` : ''}address of ${host} — the lab's DNS at ${dns} — is its record there?`,
    );
  return found[0];
}

/** Fetch as a client in the lab's world: its DNS, its certificate authorities, no proxy. */
export async function labFetch(url: string, init: LabRequest = {}): Promise<LabResponse> {
  let target = new URL(url);
  let request = init;
  for (let hops = 0; ; hops++) {
    const response = await once(target, request);
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || !location || init.redirect === 'manual')
      return response;
    if (hops === 5) throw new Error(`more than five redirections — ${url}`);
    await response.body?.cancel();
    const next = new URL(location, target);
    const { authorization, ...headers } = request.headers ?? {};
    const sameHost = next.host === target.host;
    request = { ...request, headers: sameHost && authorization ? { ...headers, authorization } : headers };
    if (response.status !== 307 && response.status !== 308)
      request = { ...request, method: 'GET', body: undefined };
    target = next;
  }
}

async function once(url: URL, init: LabRequest): Promise<LabResponse> {
  const started = performance.now();
  const timing = { lookup: 0, connect: 0, firstByte: 0 };
  const since = () => performance.now() - started;
  const address = init.address ?? (await labLookup(url.hostname, init.family, init.dns));
  timing.lookup = since();
  const { body, headers } = await encode(init.body);
  const secure = url.protocol === 'https:';
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const req = (secure ? httpsRequest : httpRequest)({
      host: address,
      port: init.port ?? (url.port || (secure ? 443 : 80)),
      path: `${url.pathname}${url.search}`,
      method: init.method ?? 'GET',
      headers: { host: url.host, ...headers, ...init.headers },
      agent: false,
      timeout: init.timeoutMs ?? 30_000,
      ...(secure
        ? { ca: readFileSync(paths.trust), servername: isIP(url.hostname) ? '' : url.hostname }
        : {}),
    });
    req.on('socket', (socket) => {
      socket.on(secure ? 'secureConnect' : 'connect', () => {
        timing.connect = since();
      });
    });
    req.on('timeout', () => req.destroy(new Error(`no answer in time — ${url} at ${address}`)));
    req.on('error', reject);
    req.on('response', resolve);
    if (body instanceof Readable) body.on('error', (error) => req.destroy(error)).pipe(req);
    else req.end(body);
  });
  timing.firstByte = since();
  return Object.assign(toResponse(answer), { timing, address });
}

/** Bodies with a known length are sent with it; a form gets its content type. */
async function encode(
  body: LabRequest['body'],
): Promise<{ body?: Uint8Array | Readable; headers: Record<string, string> }> {
  if (body === undefined) return { headers: {} };
  if (body instanceof Readable) return { body, headers: {} };
  const encoded = new Response(body as ConstructorParameters<typeof Response>[0]);
  const bytes = new Uint8Array(await encoded.arrayBuffer());
  const type = encoded.headers.get('content-type');
  const keepsType = body instanceof FormData || body instanceof URLSearchParams;
  return {
    body: bytes,
    headers: {
      'content-length': String(bytes.length),
      ...(type && keepsType ? { 'content-type': type } : {}),
    },
  };
}

function toResponse(answer: IncomingMessage): Response {
  const headers = new Headers();
  for (let i = 0; i < answer.rawHeaders.length; i += 2)
    headers.append(answer.rawHeaders[i] as string, answer.rawHeaders[i + 1] as string);
  const status = answer.statusCode ?? 502;
  const bodiless = [101, 204, 205, 304].includes(status);
  if (bodiless) answer.resume();
  return new Response(bodiless ? null : (Readable.toWeb(answer) as ReadableStream), { status, headers });
}
