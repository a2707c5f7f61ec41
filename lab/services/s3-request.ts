/** What the front needs to know of an S3 request. */
export interface S3Request {
  bucket: string;
  key: string;
  region: string;
  anonymous: boolean;
  /** A plain read of one object: nothing but that may be public. */
  plainRead: boolean;
  /** What a success means for the object's ACL. */
  effect?: 'put' | 'begin' | 'complete' | 'acl' | 'delete';
  publicRead: boolean;
}

type Headers = Record<string, string | string[] | undefined>;

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Reads method, URL and headers of an S3 request; undefined when the host or the path is none of ours. */
export function readS3Request(method: string, url: string, headers: Headers): S3Request | undefined {
  const region = String(headers.host ?? '').match(/^([a-z0-9]+)\.digitaloceanspaces\.com(:\d+)?$/)?.[1];
  const cut = url.indexOf('?');
  const path = decode(cut < 0 ? url : url.slice(0, cut));
  if (!region || path === undefined) return undefined;
  const query = new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1));
  const slash = path.indexOf('/', 1);
  const bucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const key = slash < 0 ? '' : path.slice(slash + 1);
  const acl = headers['x-amz-acl'];
  const request: S3Request = {
    bucket,
    key,
    region,
    anonymous: !headers.authorization && !query.has('X-Amz-Signature') && !query.has('Signature'),
    plainRead: (method === 'GET' || method === 'HEAD') && key !== '' && query.size === 0,
    publicRead: acl === 'public-read' || acl === 'public-read-write',
  };
  const effect = key === '' ? undefined : effectOf(method, query);
  return effect ? { ...request, effect } : request;
}

function effectOf(method: string, query: URLSearchParams): S3Request['effect'] {
  // What only names the operation or signs it does not make it another one.
  const plain = [...query.keys()].every((name) => name === 'x-id' || name.startsWith('X-Amz-'));
  if (method === 'PUT' && query.has('acl')) return 'acl';
  if (method === 'PUT' && plain) return 'put';
  if (method === 'POST' && query.has('uploads')) return 'begin';
  if (method === 'POST' && query.has('uploadId')) return 'complete';
  if (method === 'DELETE' && plain) return 'delete';
  return undefined;
}
