import { paths } from '../paths.ts';
import { services } from './addresses.ts';
import { ensureLeaf } from './ca.ts';
import { nodeArgs } from './node-args.ts';
import { ensureProcess, waitReady } from './process.ts';
import { listening } from './s3.ts';

/** Starts the fediverse peer, which remembers everything that reaches it. */
export async function ensurePeer(addresses: string[] = [services.peer.v4, services.peer.v6]): Promise<void> {
  const leaf = await ensureLeaf('peer', [services.peer.host]);
  await ensureProcess({
    name: 'peer',
    command: paths.nodeBin,
    args: nodeArgs(new URL('./peer.ts', import.meta.url), 96),
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
  await ensureProcess({
    name: 'mail',
    command: paths.nodeBin,
    args: nodeArgs(new URL('./mail.ts', import.meta.url), 96),
    env: { MAIL: JSON.stringify({ addresses, ports, cert: leaf.cert, key: leaf.key }) },
    config: leaf.pem,
  });
  await waitReady('mail', () => listening(addresses[0] as string, ports.at(-1) as number));
}
