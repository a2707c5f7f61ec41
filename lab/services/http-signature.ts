import { createHash, createSign, createVerify } from 'node:crypto';

/** The Digest header of a body. */
export const digestOf = (body: Uint8Array | string) =>
  `SHA-256=${createHash('sha256').update(body).digest('base64')}`;

export interface SigningKey {
  keyId: string;
  privateKeyPem: string;
}

/** Headers of a request signed as Mastodon signs: https://docs.joinmastodon.org/spec/security/#http */
export function signRequest(
  { method, url, body }: { method: string; url: string; body?: string },
  { keyId, privateKeyPem }: SigningKey,
  now = new Date(),
): Record<string, string> {
  const target = new URL(url);
  const headers: Record<string, string> = { host: target.host, date: now.toUTCString() };
  if (body !== undefined) headers.digest = digestOf(body);
  const names = ['(request-target)', ...Object.keys(headers)];
  const text = signingString(names, method, `${target.pathname}${target.search}`, headers);
  const signature = createSign('sha256').update(text).sign(privateKeyPem, 'base64');
  const parts = { keyId, algorithm: 'rsa-sha256', headers: names.join(' '), signature };
  const value = Object.entries(parts).map(([name, part]) => `${name}="${part}"`);
  return { ...headers, signature: value.join(',') };
}

function signingString(
  names: string[],
  method: string,
  path: string,
  headers: Record<string, unknown>,
): string {
  return names
    .map((name) =>
      name === '(request-target)'
        ? `${name}: ${method.toLowerCase()} ${path}`
        : `${name}: ${headers[name] ?? ''}`,
    )
    .join('\n');
}

export interface Received {
  method: string;
  path: string;
  headers: Record<string, unknown>;
  body: Uint8Array;
}

/** The key a request says it was signed with; undefined when it is unsigned. */
export function keyIdOf(headers: Record<string, unknown>): string | undefined {
  return parse(headers)?.keyId;
}

function parse(headers: Record<string, unknown>): Record<string, string> | undefined {
  if (typeof headers.signature !== 'string') return undefined;
  return Object.fromEntries([...headers.signature.matchAll(/(\w+)="([^"]*)"/g)].map((m) => [m[1], m[2]]));
}

/** Why a signed request is not to be believed; undefined when it is. */
export function signatureProblem(
  request: Received,
  publicKeyPem: string,
  now = new Date(),
): string | undefined {
  const parts = parse(request.headers);
  if (!parts?.signature) return 'unsigned';
  const names = (parts.headers ?? 'date').toLowerCase().split(' ');
  const required = ['(request-target)', 'host', 'date', ...(request.method === 'POST' ? ['digest'] : [])];
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) return `not signed: ${missing.join(', ')}`;
  const age = Math.abs(now.getTime() - new Date(String(request.headers.date)).getTime());
  if (!(age < 12 * 3_600_000)) return `date is off by ${Math.round(age / 1000)} s`;
  if (request.method === 'POST' && request.headers.digest !== digestOf(request.body))
    return 'digest does not match the body';
  const text = signingString(names, request.method, request.path, request.headers);
  const good = createVerify('sha256').update(text).verify(publicKeyPem, parts.signature, 'base64');
  return good ? undefined : 'signature does not match the key';
}
