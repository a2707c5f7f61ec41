import { mkdirSync, readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { ObjectAcls } from './object-acl.ts';
import { refusalOf, type S3Fault, tellTime, watchedFault } from './s3-faults.ts';
import { forward } from './s3-forward.ts';
import { readS3Request, type S3Request } from './s3-request.ts';
import { type Credentials, encodePath, signedHeaders } from './sigv4.ts';

export interface FrontOptions {
  addresses: string[];
  port: number;
  cert: string;
  key: string;
  /** REGION's gateway listens on DIR/s3-REGION.sock. */
  socketDir: string;
  aclDir: string;
  root: Credentials;
  /** How it misbehaves just now. */
  fault?: () => S3Fault | undefined;
  /** Told of every answer that is an error. */
  log?: (line: string) => void;
}

const errorBody = (code: string, message: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

function fail(res: ServerResponse, status: number, code: string, message: string): void {
  if (res.headersSent) return void res.destroy();
  res.writeHead(status, { 'content-type': 'application/xml' }).end(errorBody(code, message));
}

/** TLS and object ACLs in front of versitygw; every byte else passes unchanged, so that signatures stay valid. */
export function createFront(options: FrontOptions): ReturnType<typeof createServer>[] {
  const log = options.log ?? console.log;
  // A socket of its own per request: a kept one may close just when an upload takes it. But told that it may be kept, the
  // gateway reads a refused upload to its end instead of breaking it off.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 0 });
  const acls = (region: string) => new ObjectAcls(join(options.aclDir, region));

  const faultOf = options.fault ?? (() => undefined);
  let broken = 0;
  const handle = async (req: IncomingMessage, res: ServerResponse) => {
    const fault = faultOf();
    if (fault?.off) return req.socket.destroy();
    if (fault) {
      tellTime(res, fault);
      const refusal = await refusalOf(fault, req, broken++);
      if (refusal) {
        req.resume();
        return fail(res, refusal.status, refusal.code, refusal.message);
      }
    }
    serve(req, res);
  };

  const serve = (req: IncomingMessage, res: ServerResponse) => {
    const s3 = readS3Request(req.method ?? 'GET', req.url ?? '/', req.headers);
    if (!s3)
      return fail(
        res,
        400,
        'InvalidRequest',
        'the host must be REGION.digitaloceanspaces.com, the bucket in the path',
      );
    const open = s3.anonymous && s3.plainRead && acls(s3.region).isPublic(s3.bucket, s3.key);
    const target = {
      socketPath: join(options.socketDir, `s3-${s3.region}.sock`),
      method: req.method,
      agent,
      ...(open ? signedRead(req, s3) : { path: req.url, headers: forwarded(req) }),
    };
    forward(target, req).then(
      (answer) => reply(req, res, answer, s3),
      (error: NodeJS.ErrnoException) => {
        log(`${req.method} ${s3.bucket}/${s3.key} — ${error.message}`);
        if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')
          fail(res, 404, 'NoSuchBucket', `no bucket was ever created in ${s3.region}`);
        else fail(res, 502, 'InternalError', error.message);
      },
    );
  };

  const signedRead = (req: IncomingMessage, s3: S3Request) => {
    const path = encodePath(`/${s3.bucket}/${s3.key}`);
    const host = req.headers.host ?? '';
    const signed = signedHeaders(
      { method: req.method ?? 'GET', host, path, region: s3.region },
      options.root,
    );
    return { path, headers: { ...req.headers, ...signed } };
  };

  const reply = (req: IncomingMessage, res: ServerResponse, answer: IncomingMessage, s3: S3Request) => {
    const status = answer.statusCode ?? 502;
    if (status >= 400) log(`${req.method} ${s3.bucket}/${s3.key} ${status}`);
    const acl = acls(s3.region);
    // versitygw checks who may set an object's ACL and then says it cannot: here it can.
    if (s3.effect === 'acl' && status === 501) {
      acl.set(s3.bucket, s3.key, s3.publicRead);
      answer.resume();
      return void res.writeHead(200).end();
    }
    if (status < 300) {
      if (s3.effect === 'put') acl.set(s3.bucket, s3.key, s3.publicRead);
      if (s3.effect === 'begin') acl.begin(s3.bucket, s3.key, s3.publicRead);
      if (s3.effect === 'complete') acl.complete(s3.bucket, s3.key);
      if (s3.effect === 'delete') acl.set(s3.bucket, s3.key, false);
    }
    // A client that was killed meanwhile takes no answer.
    if (res.destroyed) return void answer.destroy();
    res.writeHead(status, answer.statusMessage, told(res, answer.rawHeaders));
    pipeline(answer, res, () => {});
  };

  return options.addresses.map(() => {
    const server = createServer({ cert: options.cert, key: options.key, keepAliveTimeout: 65_000 }, handle);
    // Large objects over slowed networks take their time.
    server.requestTimeout = 0;
    server.on('connection', (socket) => faultOf()?.off && socket.destroy());
    return server;
  });
}

function forwarded(req: IncomingMessage): string[] {
  const headers: string[] = [];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] as string;
    // Node has answered the Expect already; the connection is not the client's.
    if (!/^(expect|connection|keep-alive)$/i.test(name)) headers.push(name, req.rawHeaders[i + 1] as string);
  }
  return headers;
}

/** The gateway's headers, but for what was said already. */
const told = (res: ServerResponse, raw: string[]) =>
  raw.filter((_, i) => !res.hasHeader(raw[i - (i % 2)] as string));

if (import.meta.main) {
  const { paths } = await import('../paths.ts');
  const { addresses, port, cert, key, accessKey, secretKey } = JSON.parse(process.env.S3_FRONT ?? '{}');
  const aclDir = join(paths.s3, 'acl');
  mkdirSync(aclDir, { recursive: true });
  const servers = createFront({
    addresses,
    port,
    cert: readFileSync(cert, 'utf8'),
    key: readFileSync(key, 'utf8'),
    socketDir: paths.run,
    aclDir,
    root: { accessKey, secretKey },
    fault: watchedFault(),
  });
  servers.forEach((server, i) => void server.listen(port, addresses[i]));
}
