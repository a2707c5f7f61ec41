import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { paths } from '../paths.ts';

const run = promisify(execFile);

const openssl = async (args: string[]) => (await run('openssl', args, { timeout: 20_000 })).stdout;

/** True when a certificate exists and is valid for another month. */
async function fresh(cert: string): Promise<boolean> {
  if (!existsSync(cert)) return false;
  return openssl(['x509', '-in', cert, '-noout', '-checkend', String(30 * 86_400)]).then(
    () => true,
    () => false,
  );
}

/** Creates the lab's certificate authority, which can vouch for the lab's names only; returns its certificate. */
export async function ensureCa(): Promise<string> {
  mkdirSync(paths.ca, { recursive: true, mode: 0o755 });
  if (!(await fresh(paths.caCert)) || !existsSync(paths.caKey)) {
    await openssl([
      'req',
      '-x509',
      ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', paths.caKey],
      ...['-out', paths.caCert, '-days', '3650', '-subj', '/O=social.coop lab/CN=Lab CA'],
      ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
      // Somebody may trust it on a laptop: it must be worthless for every other name.
      ...['-addext', 'nameConstraints=critical,permitted;DNS:lab.test,permitted;DNS:digitaloceanspaces.com'],
    ]);
    rmSync(join(paths.ca, 'leaf'), { recursive: true, force: true });
    writeFileSync(paths.trust, readFileSync(paths.caCert));
  }
  return readFileSync(paths.caCert, 'utf8');
}

export interface Leaf {
  cert: string;
  key: string;
  /** Its text: a process that serves it must be restarted when it changes. */
  pem: string;
}

/** Paths of a server certificate for these names, signed by the lab CA; made once and again before it expires. */
export async function ensureLeaf(name: string, dnsNames: string[], addresses: string[] = []): Promise<Leaf> {
  const dir = join(paths.ca, 'leaf');
  const at = (ext: string) => join(dir, `${name}.${ext}`);
  const leaf = { cert: at('crt'), key: at('key') };
  const done = () => ({ ...leaf, pem: readFileSync(leaf.cert, 'utf8') });
  const wanted = [...dnsNames.map((dns) => `DNS:${dns}`), ...addresses.map((ip) => `IP:${ip}`)].join(',');
  if ((await fresh(leaf.cert)) && existsSync(leaf.key) && readFileSync(at('names'), 'utf8') === wanted)
    return done();
  mkdirSync(dir, { recursive: true });
  await openssl([
    'req',
    ...[
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      leaf.key,
      '-out',
      at('csr'),
    ],
    ...['-subj', `/CN=${dnsNames[0]}`, '-addext', `subjectAltName=${wanted}`],
    ...['-addext', 'extendedKeyUsage=serverAuth', '-addext', 'basicConstraints=critical,CA:FALSE'],
  ]);
  await openssl([
    ...['x509', '-req', '-in', at('csr'), '-CA', paths.caCert, '-CAkey', paths.caKey, '-out', leaf.cert],
    ...['-set_serial', `0x${crypto.randomUUID().replaceAll('-', '')}`],
    ...['-days', '397', '-copy_extensions', 'copyall'],
  ]);
  rmSync(at('csr'));
  writeFileSync(at('names'), wanted);
  return done();
}

/** What clients of the lab trust: its CA, and the roots given (the ACME server's, new at each of its starts). */
export function writeTrust(extraRoots: string[]): string {
  const pem = [readFileSync(paths.caCert, 'utf8'), ...extraRoots].map((text) => `${text.trim()}\n`).join('');
  writeFileSync(paths.trust, pem);
  return pem;
}

/** What the lab's clients trust now. */
export const readTrust = (): string => readFileSync(paths.trust, 'utf8');
