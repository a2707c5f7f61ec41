import http from 'node:http';
import https from 'node:https';

export interface HttpOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  timeoutMs?: number;
  /** Bytes of answer that are read before giving up. */
  limit?: number;
}

export interface HttpResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

const agents = { keepAlive: true, maxSockets: 16, timeout: 60_000 };
const plain = new http.Agent(agents);
const secure = new https.Agent(agents);

/** One HTTP exchange with nothing added; the system's CA bundle decides whom to trust. */
export async function httpRequest(url: URL | string, options: HttpOptions = {}): Promise<HttpResponse> {
  try {
    return await exchange(url, options);
  } catch (error) {
    // the other side may close a kept connection just as we write on it
    if ((error as { reused?: boolean }).reused) return exchange(url, options);
    throw error;
  }
}

function exchange(url: URL | string, options: HttpOptions): Promise<HttpResponse> {
  const target = new URL(url);
  const body = options.body === undefined ? undefined : Buffer.from(options.body);
  const timeout = options.timeoutMs ?? 10_000;
  const limit = options.limit ?? 1024 * 1024;
  return new Promise((resolve, reject) => {
    const request = (target.protocol === 'https:' ? https : http).request(target, {
      method: options.method ?? 'GET',
      agent: target.protocol === 'https:' ? secure : plain,
      headers: { ...options.headers, ...(body ? { 'content-length': String(body.length) } : {}) },
    });
    // covers the whole exchange: a peer that answers one byte a second must not hold a worker
    const deadline = setTimeout(
      () => request.destroy(new Error(`no answer from ${target.host} in ${timeout} ms`)),
      timeout,
    );
    request.on('error', (error) => {
      clearTimeout(deadline);
      const reset =
        (error as NodeJS.ErrnoException).code === 'ECONNRESET' ||
        (error as NodeJS.ErrnoException).code === 'EPIPE';
      reject(Object.assign(error, { reused: reset && request.reusedSocket }));
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > limit)
          request.destroy(new Error(`answer of ${target.host} is larger than ${limit} bytes`));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        clearTimeout(deadline);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.end(body);
  });
}
