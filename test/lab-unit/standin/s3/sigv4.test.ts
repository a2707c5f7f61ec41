import { expect, test } from 'vitest';
import { signV4 } from '../../../../lab/standin/src/s3/sigv4.ts';

// the worked examples of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const credentials = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const now = new Date('2013-05-24T00:00:00Z');
const host = 'https://examplebucket.s3.amazonaws.com';
const signature = (request: Parameters<typeof signV4>[0]) =>
  /Signature=([0-9a-f]{64})$/.exec(signV4(request, credentials, now).authorization ?? '')?.[1];

test('getting an object is signed as in the documentation', () => {
  expect(
    signature({ method: 'GET', url: new URL(`${host}/test.txt`), headers: { Range: 'bytes=0-9' } }),
  ).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
});

test('putting an object is signed as in the documentation', () => {
  const request = {
    method: 'PUT',
    url: new URL(`${host}/test%24file.text`),
    headers: { Date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
    body: Buffer.from('Welcome to Amazon S3.'),
  };
  expect(signature(request)).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
});

test('listing objects is signed as in the documentation, whatever the order of the query', () => {
  for (const query of ['max-keys=2&prefix=J', 'prefix=J&max-keys=2'])
    expect(signature({ method: 'GET', url: new URL(`${host}/?${query}`), headers: {} })).toBe(
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    );
});

test('a query without a value is signed as in the documentation', () => {
  expect(signature({ method: 'GET', url: new URL(`${host}/?lifecycle`), headers: {} })).toBe(
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  );
});
