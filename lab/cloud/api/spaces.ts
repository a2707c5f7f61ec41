import { signedHeaders } from '../../services/sigv4.ts';
import { ApiError, notFound } from '../api-error.ts';
import { grantsOf } from '../digitalocean/spaces-access.ts';
import type { Account, State } from '../types.ts';
import type { Api, ApiRequest } from './types.ts';

/** ListBuckets of the Spaces API (https://docs.digitalocean.com/reference/api/spaces/); the objects are at s3-front. */
export const spaces: Api = {
  answer(request, { state }) {
    const { method, path } = request;
    if (method !== 'GET' || path.length !== 1) throw notFound();
    const { account, full } = keyOf(request, state);
    if (!full) throw new ApiError(403, '', 'AccessDenied');
    const buckets = state.objects
      .filter((object) => object.type === 'SpacesBucket' && object.account === account.name)
      .filter(({ inputs }) => inputs.region === path[0])
      .map(({ id }) => `<Bucket><Name>${id}</Name></Bucket>`);
    const owner = `<Owner><ID>${account.name}</ID><DisplayName>${account.name}</DisplayName></Owner>`;
    return `<ListAllMyBucketsResult>${owner}<Buckets>${buckets.join('')}</Buckets></ListAllMyBucketsResult>`;
  },
  refusal: ({ status, code, message }) => [
    status,
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  ],
};

/** Whose key signed, and whether it reaches every bucket. */
function keyOf(
  { headers, method, pathname, path }: ApiRequest,
  state: State,
): { account: Account; full: boolean } {
  const authorization = String(headers.authorization ?? '');
  const accessKey = /Credential=([^/]+)\//.exec(authorization)?.[1];
  for (const account of state.accounts.filter(({ provider }) => provider === 'digitalocean')) {
    const own = account.spaces?.accessKey === accessKey ? account.spaces : undefined;
    const made = state.objects.find(({ type, id }) => type === 'SpacesKey' && id === accessKey);
    const limited = made?.account === account.name ? made : undefined;
    const secretKey = own?.secretKey ?? limited?.outputs.secretKey;
    if (accessKey === undefined || secretKey === undefined) continue;
    const signed = signedHeaders(
      { method, host: String(headers.host), path: pathname, region: path[0] ?? '' },
      { accessKey, secretKey: String(secretKey) },
      timeOf(String(headers['x-amz-date'])),
    );
    if (signed.authorization !== authorization) throw new ApiError(403, '', 'SignatureDoesNotMatch');
    const grants = limited ? grantsOf(limited.inputs) : [];
    return {
      account,
      full: own !== undefined || grants.some(({ permission }) => permission === 'fullaccess'),
    };
  }
  throw new ApiError(403, '', 'InvalidAccessKeyId');
}

/** `20261123T041500Z` */
function timeOf(text: string): Date {
  const time = new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(time.getTime())) throw new ApiError(403, '', 'AccessDenied');
  return time;
}
