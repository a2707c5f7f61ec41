import type { IncomingMessage } from 'node:http';

/** The address a request asks for; undefined for what is none, which must not end the process. */
export function requestUrl(req: IncomingMessage): URL | undefined {
  const path = req.url ?? '/';
  // two slashes in front would read as a host
  return path.startsWith('/') ? (URL.parse(`http://localhost${path}`) ?? undefined) : undefined;
}
