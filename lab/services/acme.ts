import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { paths } from '../paths.ts';
import { gateway, services } from './addresses.ts';
import { ensureLeaf, writeTrust } from './ca.ts';
import { findProgram } from './find-program.ts';
import { ensureProcess, waitReady } from './process.ts';

export interface AcmeListen {
  address: string;
  port: number;
  /** Loopback only: it hands out pebble's private keys. */
  management: string;
  dns: string;
  /** Where challenges are answered. */
  httpPort: number;
}

const inLab: AcmeListen = {
  address: services.acme.v4,
  port: 443,
  management: '127.18.0.12:15000',
  dns: `${gateway.v4}:53`,
  httpPort: 80,
};

/** Starts Let's Encrypt's test server and adds the root it made for this start to what the lab's clients trust. */
export async function ensureAcme(listen: AcmeListen = inLab): Promise<void> {
  const leaf = await ensureLeaf('acme', [services.acme.host]);
  const dir = paths.acme;
  mkdirSync(dir, { recursive: true });
  const config = JSON.stringify({
    pebble: {
      listenAddress: `${listen.address}:${listen.port}`,
      managementListenAddress: listen.management,
      certificate: leaf.cert,
      privateKey: leaf.key,
      httpPort: listen.httpPort,
      tlsPort: 443,
      ocspResponderURL: '',
      externalAccountBindingRequired: false,
    },
  });
  writeFileSync(join(dir, 'pebble.json'), config);
  await ensureProcess({
    name: 'acme',
    command: await findProgram('pebble', 'pebble'),
    args: ['-config', join(dir, 'pebble.json'), '-dnsserver', listen.dns],
    env: { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
    config: config + leaf.pem,
  });
  let root = '';
  await waitReady('acme', async () => {
    root = await fetchRoot(listen.management);
    return root.includes('BEGIN CERTIFICATE');
  });
  writeTrust([root]);
}

function fetchRoot(management: string): Promise<string> {
  const [host, port] = management.split(':');
  const ca = readFileSync(paths.caCert);
  return new Promise((resolve, reject) => {
    const req = request(
      { host, port, path: '/roots/0', ca, servername: services.acme.host, timeout: 2000, agent: false },
      async (res) => resolve((await res.toArray()).join('')),
    );
    req.on('error', reject).on('timeout', () => req.destroy(new Error('no answer')));
    req.end();
  });
}
