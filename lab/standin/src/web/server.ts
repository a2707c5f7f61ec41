import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { App } from '../core/app.ts';
import { log, withTag } from '../core/log.ts';
import { migrationGate } from '../schema/gate.ts';
import { type Context, createContext } from './context.ts';
import { HttpError } from './errors.ts';
import { errorPage } from './pages.ts';
import { remoteIpReader } from './proxy.ts';
import { requestUrl } from './request-url.ts';
import { findRoute, type Route } from './router.ts';
import { routes } from './routes.ts';
import { serveStatic } from './static.ts';

/** The web process: static files, then routes, behind the same checks a Rails production app makes. */
export function createWebServer(app: App): http.Server {
  const remoteIp = remoteIpReader(app.env.trustedProxies);
  const gate = migrationGate(app.db, app.env);
  const table = routes();
  const hosts = new Set([app.env.localDomain, app.env.webDomain, ...app.env.alternateDomains]);
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = requestUrl(req);
    if (!url) return void res.writeHead(400, { 'content-type': 'text/plain' }).end('Bad Request');
    const context = createContext(app, req, res, url, remoteIp(req), requestId(req));
    const started = performance.now();
    res.setHeader('x-request-id', context.requestId);
    await withTag(context.requestId, async () => {
      try {
        if (!(await early(context, hosts))) {
          await gate();
          await dispatch(context, table);
        }
      } catch (error) {
        fail(context, error as Error);
      } finally {
        await removeUploads(context);
      }
      const took = (performance.now() - started).toFixed(2);
      // the path only: queries carry tokens
      if (url.pathname !== '/health')
        log.info(
          `method=${req.method} path=${url.pathname} status=${res.statusCode} duration=${took} ip=${context.remoteIp}`,
        );
    });
  };
  const server = http.createServer((req, res) => void handle(req, res));
  // an upload through a slow line takes minutes; nginx in front guards against slow clients
  server.requestTimeout = 0;
  server.keepAliveTimeout = 20_000;
  return server;
}

/** Answers that need neither database nor session; true when one was given. */
async function early(context: Context, hosts: Set<string>): Promise<boolean> {
  const { req, res, url, app } = context;
  if (url.pathname === '/health') {
    res.setHeader('content-type', 'text/plain');
    res.statusCode = app.env.fault === 'health' ? 500 : 200;
    res.end(app.env.fault === 'health' ? 'unhealthy on purpose' : 'OK');
    return true;
  }
  const host = (req.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (!hosts.has(host)) {
    context.html(`Blocked hosts: ${host.replace(/[<>&]/g, '')}`, 403);
    return true;
  }
  if (req.headers['x-forwarded-proto'] !== 'https') {
    context.redirect(`https://${host}${req.url ?? '/'}`, 301);
    return true;
  }
  return serveStatic(context);
}

async function dispatch(context: Context, table: Route[]): Promise<void> {
  const found = findRoute(table, context.req.method ?? 'GET', context.url.pathname);
  if (!found)
    throw new HttpError(
      404,
      context.url.pathname.startsWith('/api/')
        ? 'Record not found'
        : 'The page you are looking for is not here.',
    );
  context.params = found.params;
  await found.handler(context);
}

function fail(context: Context, error: Error): void {
  const status = error instanceof HttpError ? error.status : 500;
  if (status >= 500)
    log.error(`${error.name}: ${error.message}\n${error.stack?.split('\n').slice(1, 6).join('\n')}`);
  // the rest of an upload nobody reads would block the connection
  context.req.resume();
  if (context.res.headersSent) {
    context.res.destroy();
    return;
  }
  const message =
    status >= 500 && error.name !== 'ActiveRecord::PendingMigrationError'
      ? 'Internal Server Error'
      : error.message;
  const details = error instanceof HttpError ? error.details : undefined;
  if (wantsHtml(context)) context.html(errorPage(context.app, status, message), status);
  else context.json({ error: message, ...details }, status);
}

const wantsHtml = (context: Context): boolean =>
  !context.url.pathname.startsWith('/api/') && String(context.req.headers.accept ?? '').includes('text/html');

async function removeUploads(context: Context): Promise<void> {
  for (const upload of context.uploads()) await rm(upload.path, { force: true });
}

/** The id nginx gave the request, made harmless; a new one when there is none. */
function requestId(req: IncomingMessage): string {
  const given = String(req.headers['x-request-id'] ?? '')
    .replace(/[^\w\-@]/g, '')
    .slice(0, 255);
  return given || randomUUID();
}
