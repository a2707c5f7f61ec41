import { expect, test } from 'vitest';
import { encodePath, signedHeaders } from '../../../lab/services/sigv4.ts';

test('signs as the published example does', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Bucket Lifecycle"
  const headers = signedHeaders(
    {
      method: 'GET',
      host: 'examplebucket.s3.amazonaws.com',
      path: '/',
      query: 'lifecycle=',
      region: 'us-east-1',
    },
    { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
    new Date('2013-05-24T00:00:00Z'),
  );
  expect(headers.authorization).toContain(
    'Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  );
});

test('paths are encoded as S3 wants them', () => {
  expect(encodePath("/b/a b/ü(1)!*'~.png")).toBe('/b/a%20b/%C3%BC%281%29%21%2A%27~.png');
});
