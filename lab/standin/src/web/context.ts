import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../core/app.ts';
import type { Row } from '../core/db.ts';
import { readBody } from './body.ts';
import { Form, type Upload } from './form.ts';

/** One request: what came, and how to answer. */
export interface Context {
  app: App;
  req: IncomingMessage;
  res: ServerResponse;
  url: URL;
  params: Record<string, string>;
  requestId: string;
  remoteIp: string;
  /** The token's row, its user and account joined in; set by `authenticate`. */
  token?: Row;
  form(): Promise<Form>;
  /** Files received so far, complete or not. */
  uploads(): Upload[];
  raw(): Promise<Buffer>;
  json(body: unknown, status?: number, type?: string): void;
  html(body: string, status?: number): void;
  redirect(to: string, status?: number): void;
  empty(status: number): void;
}

const RAW_LIMIT = 1024 * 1024;

export function createContext(
  app: App,
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
  remoteIp: string,
  requestId: string,
): Context {
  const fields = new Form();
  let form: Promise<Form> | undefined;
  const send = (status: number, type: string, body: string): void => {
    res.statusCode = status;
    res.setHeader('content-type', `${type}; charset=utf-8`);
    res.setHeader('content-length', Buffer.byteLength(body));
    res.end(req.method === 'HEAD' ? undefined : body);
  };
  return {
    app,
    req,
    res,
    url,
    params: {},
    requestId,
    remoteIp,
    form: () => {
      form ??= readBody(req, url, fields);
      return form;
    },
    uploads: () => [...fields.uploads.values()],
    raw: () => readRaw(req),
    json: (body, status = 200, type = 'application/json') => send(status, type, JSON.stringify(body)),
    html: (body, status = 200) => send(status, 'text/html', body),
    redirect: (to, status = 302) => {
      res.setHeader('location', to);
      send(status, 'text/html', `<a href="${to.replace(/[<>"&]/g, '')}">${status}</a>`);
    },
    empty: (status) => {
      res.statusCode = status;
      res.end();
    },
  };
}

async function readRaw(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += (chunk as Buffer).length;
    if (size > RAW_LIMIT) throw new Error('request body is too large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
