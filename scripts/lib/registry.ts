import { VisibleError } from '../../components/errors.ts';
import { type ImageReference, parseImageReference, showImageReference } from './image-reference.ts';

/** Lists of images for several architectures first: their digest is right on every machine. */
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export interface RegistryOptions {
  fetch?: typeof fetch;
  timeoutMs?: number;
}

/** The reference with the digest its tag has now, asked of the registry over the distribution API (HEAD of a manifest). */
export async function resolveDigest(text: string, options: RegistryOptions = {}): Promise<string> {
  const image = parseImageReference(text);
  if (image.digest) return text;
  const tag = image.tag ?? 'latest';
  const response = await headManifest(image, tag, options);
  const digest = response.headers.get('docker-content-digest');
  if (response.status === 404 || response.status === 401 || response.status === 403)
    throw new VisibleError(
      `no such image — ${showImageReference({ ...image, tag })} (${response.status}) — check name and tag, and that it is public`,
    );
  if (!response.ok || !digest || !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new VisibleError(
      `the registry gave no digest — ${image.host} (${response.status}) — try again later, or write the digest into the stack file`,
    );
  return showImageReference({ ...image, tag, digest });
}

async function headManifest(image: ImageReference, tag: string, options: RegistryOptions): Promise<Response> {
  // Docker Hub's registry answers under a name of its own.
  const host = image.host === 'docker.io' ? 'registry-1.docker.io' : image.host;
  const url = `https://${host}/v2/${image.name}/manifests/${tag}`;
  const first = await call(url, { method: 'HEAD', headers: { accept } }, options);
  const challenge = first.headers.get('www-authenticate') ?? '';
  if (first.status !== 401 || !/^bearer /i.test(challenge)) return first;
  const authorization = `Bearer ${await anonymousToken(challenge, options)}`;
  return call(url, { method: 'HEAD', headers: { accept, authorization } }, options);
}

/** Public images too want a token; anybody gets one for reading. */
async function anonymousToken(challenge: string, options: RegistryOptions): Promise<string> {
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const url = new URL(String(fields.realm));
  for (const key of ['service', 'scope']) if (fields[key]) url.searchParams.set(key, fields[key]);
  const response = await call(url.href, {}, options);
  const body = (response.ok ? await response.json() : {}) as { token?: string; access_token?: string };
  return body.token ?? body.access_token ?? '';
}

async function call(url: string, init: RequestInit, options: RegistryOptions): Promise<Response> {
  const { fetch: get = fetch, timeoutMs = 8000 } = options;
  try {
    return await get(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name;
    throw new VisibleError(
      `registry out of reach — ${new URL(url).host} (${cause}) — run again with a network, or write the digests into the stack file`,
    );
  }
}
