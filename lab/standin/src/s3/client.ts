import type { S3Env } from '../core/env-s3.ts';
import { type HttpResponse, httpRequest } from '../core/http.ts';
import { encodeSegment, signV4 } from './sigv4.ts';

export class S3Error extends Error {
  override name = 'Aws::S3::Errors::ServiceError';
  status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface S3Call {
  method: string;
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Buffer;
}

export type S3Client = (call: S3Call) => Promise<HttpResponse>;

/** A signed call to one bucket; throws S3Error with the service's own code and words. */
export function s3Client(env: S3Env): S3Client {
  return async (call) => {
    const url = new URL(env.endpoint);
    if (!env.pathStyle) url.host = `${env.bucket}.${url.host}`;
    const path = [...(env.pathStyle ? [env.bucket] : []), ...(call.key ? call.key.split('/') : [])];
    url.pathname = `/${path.map(encodeSegment).join('/')}`;
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const request = { method: call.method, url, headers: call.headers ?? {}, body: call.body };
    const response = await httpRequest(url, {
      method: call.method,
      headers: signV4(request, { accessKey: env.accessKey, secretKey: env.secretKey, region: env.region }),
      body: call.body,
      timeoutMs: 60_000,
      limit: 16 * 1024 * 1024,
    });
    if (response.status >= 300) {
      const text = response.body.toString('utf8');
      const code = /<Code>([^<]*)</.exec(text)?.[1] ?? String(response.status);
      const reason = /<Message>([^<]*)</.exec(text)?.[1] ?? '';
      throw new S3Error(
        response.status,
        `${call.method} ${env.bucket}/${call.key ?? ''}: ${code} ${reason}`.trim(),
      );
    }
    return response;
  };
}
