import { isBusy, patience, silence } from './ask.ts';
import { type S3Keys, signedS3Headers } from './s3-signature.ts';
import { type ObjectStore, Refusal, Silence } from './types.ts';

export interface SpacesApi extends S3Keys {
  base: string;
  region: string;
  fetch?: typeof fetch;
}

/**
 * Spaces' S3 API (https://docs.digitalocean.com/reference/api/spaces/). A key with full access may list the account's
 * buckets; one that is limited to some buckets may not, and could not make the stack's.
 */
export function spacesStore(api: SpacesApi): ObjectStore {
  return {
    async whoami() {
      const { status, text } = await get(api, '/');
      if (status === 200)
        return { account: tag(text, 'DisplayName') || tag(text, 'ID'), access: 'read-write' };
      const code = tag(text, 'Code') ?? '';
      if (code === 'AccessDenied') return { access: 'unknown', missing: ['full access to every bucket'] };
      throw new Refusal(status, code, tag(text, 'Message') || code || `HTTP ${status}`);
    },
  };
}

async function get(api: SpacesApi, path: string): Promise<{ status: number; text: string }> {
  const url = new URL(`${api.base}${path}`);
  let answer: { status: number; text: string };
  try {
    const response = await (api.fetch ?? fetch)(url, {
      headers: signedS3Headers('GET', url, api.region, api),
      signal: AbortSignal.timeout(patience),
    });
    answer = { status: response.status, text: await response.text() };
  } catch (error) {
    throw silence(api.base, error);
  }
  if (isBusy(answer.status)) throw new Silence(`${url.host} answers ${answer.status}`);
  return answer;
}

const tag = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
