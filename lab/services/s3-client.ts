import { Agent } from 'node:http';
import { regionSocket, rootKeys } from './s3.ts';

/** An S3 client with the gateway's own key, straight to a region's socket; the SDK is loaded when first needed. */
export async function rootClient(region: string) {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const keys = rootKeys();
  // An agent's own options win over the request's: that is how the SDK comes to speak to a socket.
  const httpAgent = new Agent({ socketPath: regionSocket(region) } as object);
  return new S3Client({
    region,
    endpoint: `http://${region}.digitaloceanspaces.com`,
    forcePathStyle: true,
    credentials: { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey },
    requestHandler: { httpAgent },
    maxAttempts: 1,
  });
}
