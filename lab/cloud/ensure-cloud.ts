import { paths } from '../paths.ts';
import { nodeArgs } from '../services/node-args.ts';
import { ensureProcess, waitReady } from '../services/process.ts';
import { cloud } from './client.ts';

/** Starts the cloud daemon; machines, buckets and names that its state knows are adopted again. */
export async function ensureCloud(): Promise<void> {
  const args = nodeArgs(new URL('./main.ts', import.meta.url), 128);
  await ensureProcess({ name: 'cloud', command: paths.nodeBin, args });
  await waitReady('cloud', async () => (await cloud.health()).ok === true, 60_000);
}
