import { describe, expect, it } from 'vitest';
import { trustFiles } from '../../../components/host/trust.ts';
import { facts } from '../../fixtures/facts.ts';

describe('further certificate authorities', () => {
  const pem = (letter: string) => `-----BEGIN CERTIFICATE-----\n${letter}\n-----END CERTIFICATE-----`;

  it('are one file each for the system, and one for each registry', () => {
    const paths = trustFiles(facts({ config: { caCertificates: `${pem('A')}\n${pem('B')}\n` } })).map(
      ({ path }) => path,
    );
    expect(paths).toEqual([
      '/usr/local/share/ca-certificates/social-coop-1.crt',
      '/usr/local/share/ca-certificates/social-coop-2.crt',
      '/etc/docker/certs.d/docker.io/ca.crt',
      '/etc/docker/certs.d/ghcr.io/ca.crt',
    ]);
  });

  it('change nothing when there are none', () => {
    expect(trustFiles(facts())).toEqual([]);
  });
});
