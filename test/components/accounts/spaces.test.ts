import { afterEach, describe, expect, it } from 'vitest';
import { spacesStore } from '../../../components/accounts/spaces.ts';
import { documentedApi, type Given } from './documented-api.ts';

// Answers as of https://docs.digitalocean.com/reference/api/spaces/ and S3's ListBuckets; nothing here was recorded.

const refused = (code: string): Given => ({
  status: 403,
  text: `<?xml version="1.0"?><Error><Code>${code}</Code><RequestId>tx1</RequestId></Error>`,
});

let api: Awaited<ReturnType<typeof documentedApi>>;
afterEach(() => api.close());
async function spaces(given: Given) {
  api = await documentedApi({ 'GET /': given });
  return spacesStore({ base: api.base, region: 'fra1', accessKey: 'DO00KEY', secretKey: 'never-sent' });
}

describe('a key of Spaces', () => {
  it('with full access may list the buckets', async () => {
    const text =
      '<ListAllMyBucketsResult><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Buckets/></ListAllMyBucketsResult>';
    expect(await (await spaces({ status: 200, text })).whoami()).toEqual({
      account: '6174283',
      access: 'read-write',
    });
    const [request] = api.asked;
    expect(request?.token).toMatch(/^AWS4-HMAC-SHA256 Credential=DO00KEY\/\d{8}\/fra1\/s3\/aws4_request, /);
    expect(JSON.stringify(api.asked)).not.toContain('never-sent');
  });

  it('limited to some buckets may not, and could not make any', async () => {
    expect(await (await spaces(refused('AccessDenied'))).whoami()).toMatchObject({
      missing: ['full access to every bucket'],
    });
  });

  it.each(['InvalidAccessKeyId', 'SignatureDoesNotMatch'])('that is wrong: %s', async (code) => {
    await expect((await spaces(refused(code))).whoami()).rejects.toMatchObject({ status: 403, code });
  });

  it('is not judged by an API that is busy', async () => {
    await expect((await spaces({ status: 503, text: '' })).whoami()).rejects.toMatchObject({
      name: 'Silence',
    });
  });
});
