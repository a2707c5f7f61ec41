import { existsSync } from 'node:fs';
import { services, spacesRegions } from './addresses.ts';
import { ensureLeaf } from './ca.ts';
import { listening } from './listening.ts';
import { ensureNodeService } from './node-service.ts';
import { waitReady } from './process.ts';
import { regionDir, rootKeys, startGateway } from './s3.ts';

/** Starts the gateways that have data (or the default region's) and the TLS front of them all. */
export async function ensureS3(
  addresses: string[] = [services.s3.v4, services.s3.v6],
  port = 443,
): Promise<void> {
  const leaf = await ensureLeaf(
    's3',
    spacesRegions.map((region) => `${region}.${services.s3.host}`),
  );
  const regions = spacesRegions.filter((region) => existsSync(regionDir(region)));
  await Promise.all((regions.length ? regions : (['fra1'] as const)).map(startGateway));
  await ensureNodeService({
    name: 's3-front',
    entry: new URL('./s3-front.ts', import.meta.url),
    heapMb: 96,
    env: { S3_FRONT: JSON.stringify({ addresses, port, cert: leaf.cert, key: leaf.key, ...rootKeys() }) },
    config: leaf.pem,
  });
  await waitReady('s3-front', () => listening(addresses[0] as string, port));
}
