import { services } from './addresses.ts';
import { ensureLeaf } from './ca.ts';
import { listening } from './listening.ts';
import { ensureNodeService } from './node-service.ts';
import { waitReady } from './process.ts';

/** Starts the fediverse peer, which remembers everything that reaches it. */
export async function ensurePeer(addresses: string[] = [services.peer.v4, services.peer.v6]): Promise<void> {
  const leaf = await ensureLeaf('peer', [services.peer.host]);
  await ensureNodeService({
    name: 'peer',
    entry: new URL('./peer.ts', import.meta.url),
    heapMb: 96,
    env: { PEER: JSON.stringify({ addresses, cert: leaf.cert, key: leaf.key }) },
    config: leaf.pem,
  });
  await waitReady('peer', () => listening(addresses[0] as string, 443));
}

/** Starts the mail sink, which keeps every mail and delivers none. */
export async function ensureMail(
  addresses: string[] = [services.mail.v4, services.mail.v6],
  ports: number[] = [25, 587],
): Promise<void> {
  const leaf = await ensureLeaf('mail', [services.mail.host]);
  await ensureNodeService({
    name: 'mail',
    entry: new URL('./mail.ts', import.meta.url),
    heapMb: 96,
    env: { MAIL: JSON.stringify({ addresses, ports, cert: leaf.cert, key: leaf.key }) },
    config: leaf.pem,
  });
  await waitReady('mail', () => listening(addresses[0] as string, ports.at(-1) as number));
}
