import { createHash, createSign, createVerify } from 'node:crypto';

export type Headers = Record<string, string | string[] | undefined>;

/** Headers of a request signed as Mastodon signs (draft-cavage HTTP signatures, rsa-sha256). */
export function signRequest(
  request: { method: string; url: URL; body?: string },
  key: { id: string; privateKey: string },
  now: Date = new Date(),
): Record<string, string> {
  const headers: Record<string, string> = { host: request.url.host, date: now.toUTCString() };
  if (request.body !== undefined) headers.digest = digestOf(request.body);
  const names = ['(request-target)', ...Object.keys(headers)];
  const target = `${request.method.toLowerCase()} ${request.url.pathname}${request.url.search}`;
  const signature = createSign('sha256')
    .update(signingString(names, target, headers))
    .sign(key.privateKey, 'base64');
  headers.signature = `keyId="${key.id}",algorithm="rsa-sha256",headers="${names.join(' ')}",signature="${signature}"`;
  return headers;
}

export const digestOf = (body: string | Buffer): string =>
  `SHA-256=${createHash('sha256').update(body).digest('base64')}`;

function signingString(names: string[], target: string, headers: Headers): string {
  return names
    .map((name) => `${name}: ${name === '(request-target)' ? target : String(headers[name] ?? '')}`)
    .join('\n');
}

export interface ParsedSignature {
  keyId: string;
  names: string[];
  signature: string;
}

export function parseSignature(header: string): ParsedSignature | undefined {
  const fields = Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  if (!fields.keyId || !fields.signature) return undefined;
  return {
    keyId: fields.keyId,
    signature: fields.signature,
    names: (fields.headers ?? 'date').toLowerCase().split(' '),
  };
}

const WINDOW_MS = 12 * 3600 * 1000;

/** Why a signed request cannot be believed; undefined when it can. */
export function verifyRequest(
  request: { method: string; path: string; headers: Headers; body: Buffer },
  parsed: ParsedSignature,
  publicKey: string,
  now: Date = new Date(),
): string | undefined {
  const { names } = parsed;
  if (!names.includes('(request-target)')) return 'the signature does not cover (request-target)';
  if (!names.includes('host')) return 'the signature does not cover the host';
  if (!names.includes('date')) return 'the signature does not cover the date';
  if (request.method === 'POST' && !names.includes('digest'))
    return 'the signature does not cover the digest of the body';
  const age = now.getTime() - Date.parse(String(request.headers.date));
  if (!(Math.abs(age) <= WINDOW_MS)) return 'the signed date lies too far off';
  if (names.includes('digest') && request.headers.digest !== digestOf(request.body))
    return 'the digest does not match the body';
  const text = signingString(names, `${request.method.toLowerCase()} ${request.path}`, request.headers);
  try {
    const good = createVerify('sha256').update(text).verify(publicKey, parsed.signature, 'base64');
    return good ? undefined : 'the signature does not match';
  } catch {
    return 'the public key cannot be read';
  }
}
