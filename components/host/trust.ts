import { registries } from './firewall.ts';
import type { HostFacts, HostFile } from './types.ts';

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

const file = (path: string, content: string): HostFile => ({
  path,
  mode: 0o644,
  owner: 'root',
  group: 'root',
  content,
});

/** Further authorities: for the system's bundle (one certificate to a file, as update-ca-certificates wants) and for Docker. */
export function trustFiles(facts: HostFacts): HostFile[] {
  const found = facts.config.caCertificates.match(certificate) ?? [];
  if (found.length === 0) return [];
  const all = `${found.join('\n')}\n`;
  return [
    ...found.map((pem, index) =>
      file(`/usr/local/share/ca-certificates/social-coop-${index + 1}.crt`, `${pem}\n`),
    ),
    // dockerd reads the system's bundle only when it starts, these at every pull.
    ...registries(facts).map((host) => file(`/etc/docker/certs.d/${host}/ca.crt`, all)),
  ];
}
