import { describe, expect, it } from 'vitest';
import { signedS3Headers } from '../../../components/accounts/s3-signature.ts';

describe('a signed S3 request', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Bucket (List Objects)"
  it("is signed as in the documentation's example", () => {
    const url = new URL('https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J');
    const keys = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
    const { authorization } = signedS3Headers(
      'GET',
      url,
      'us-east-1',
      keys,
      new Date('2013-05-24T00:00:00Z'),
    );
    expect(authorization).toContain(
      'Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    );
  });
});
