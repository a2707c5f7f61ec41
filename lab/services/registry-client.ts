import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { paths } from '../paths.ts';
import { services } from './addresses.ts';

const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** The digest of a tag in the lab's registry; undefined when it has no such tag. */
export function digestOf(
  repository: string,
  tag: string,
  at: { host: string; port: number } = { host: services.registry.v4, port: 443 },
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const req = request(
      {
        ...at,
        method: 'HEAD',
        path: `/v2/${repository}/manifests/${tag}`,
        headers: { accept, host: services.registry.host },
        servername: services.registry.host,
        ca: readFileSync(paths.caCert),
        agent: false,
        timeout: 10_000,
      },
      (res) => {
        res.resume();
        const digest = res.headers['docker-content-digest'];
        if (res.statusCode === 200 && typeof digest === 'string') resolve(digest);
        else if (res.statusCode === 404) resolve(undefined);
        else
          reject(
            new Error(
              `the registry answered ${res.statusCode} — ${repository}:${tag} — see ${paths.logFile('registry')}`,
            ),
          );
      },
    );
    req.on('timeout', () => req.destroy(new Error('the lab registry does not answer')));
    req.on('error', reject);
    req.end();
  });
}
