import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../error.ts';
import { run } from './exec.ts';

export const defaultMirror = 'http://deb.debian.org/debian';
const release = 'trixie';

/** URIs of Debian's main archive in apt's two formats of sources. */
export function mirrorsIn(text: string): string[] {
  const found: string[] = [];
  for (const line of text.split('\n')) {
    const oneLine = line.match(/^\s*deb\s+(?:\[[^\]]*\]\s+)?(https?:\S+)\s/);
    const deb822 = line.match(/^URIs:\s*(.*)$/i);
    for (const uri of [oneLine?.[1], ...(deb822?.[1]?.split(/\s+/) ?? [])])
      if (uri && /^https?:.*\/debian\/?$/.test(uri)) found.push(uri.replace(/\/$/, ''));
  }
  return found;
}

function hostMirrors(directory = '/etc/apt'): string[] {
  const parts = join(directory, 'sources.list.d');
  const files = [
    join(directory, 'sources.list'),
    ...(existsSync(parts) ? readdirSync(parts).map((file) => join(parts, file)) : []),
  ];
  return files
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .flatMap((file) => mirrorsIn(readFileSync(file, 'utf8')));
}

/** The lines of apt's own configuration that say how to reach a mirror: proxy and CA. */
export async function aptTransport(): Promise<{ conf: string; caFile?: string; proxy?: string }> {
  const ran = await run('apt-config', ['dump'], { allowFailure: true }).catch(() => undefined);
  const dump = ran?.stdout ?? '';
  const proxies = dump.split('\n').filter((line) => /^Acquire::https?::Proxy "[^"]+";/i.test(line));
  const ca = dump.match(/^Acquire::https::CAInfo "([^"]+)";/im)?.[1] ?? process.env.SSL_CERT_FILE;
  const environment = process.env.http_proxy || process.env.https_proxy;
  if (proxies.length === 0 && environment)
    for (const scheme of ['http', 'https'])
      proxies.push(`Acquire::${scheme}::Proxy "${process.env[`${scheme}_proxy`] || environment}";`);
  return {
    conf: proxies.map((line) => `${line}\n`).join(''),
    caFile: ca && existsSync(ca) ? ca : undefined,
    proxy: proxies[0]?.match(/"([^"]+)"/)?.[1],
  };
}

async function serves(mirror: string): Promise<boolean> {
  try {
    const answer = await fetch(`${mirror}/dists/${release}/InRelease`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(5_000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** A mirror of Debian that answers: Debian's own, else one from this host's apt sources. */
export async function reachableMirror(): Promise<string> {
  // A host behind a proxy is believed: Node's fetch would not go through it.
  if ((await aptTransport()).proxy) return hostMirrors()[0] ?? defaultMirror;
  const candidates = [...new Set([defaultMirror, ...hostMirrors()])];
  for (const mirror of candidates) if (await serves(mirror)) return mirror;
  throw new LabError(
    `no Debian mirror with ${release} answers — tried ${candidates.join(', ')} — check the network`,
  );
}
