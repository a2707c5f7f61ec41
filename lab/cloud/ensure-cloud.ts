import { ensureNodeService } from '../services/node-service.ts';
import { waitReady } from '../services/process.ts';
import { cloud } from './client.ts';

/** Starts the cloud daemon; machines, buckets and names that its state knows are adopted again. */
export async function ensureCloud(): Promise<void> {
  await ensureNodeService({ name: 'cloud', entry: new URL('./main.ts', import.meta.url), heapMb: 128 });
  await waitReady('cloud', async () => (await cloud.health()).ok === true, 60_000);
}
