import { describe, expect, it } from 'vitest';
import {
  egressNames,
  firewallEgress,
  firewallRanges,
  registries,
} from '../../../components/host/firewall.ts';
import { facts } from '../../fixtures/facts.ts';

describe('the firewall', () => {
  it('tells SSH ranges apart by family, and takes none of one', () => {
    const text = firewallRanges(facts({ config: { sshFrom: ['198.51.100.0/24', '2001:db8::/48'] } }));
    expect(text).toMatch(/set ssh4 \{[^}]*\{ 198\.51\.100\.0\/24 \}/);
    expect(text).toMatch(/set ssh6 \{[^}]*\{ 2001:db8::\/48 \}/);
    expect(firewallRanges(facts({ config: { sshFrom: ['198.51.100.0/24'] } }))).not.toMatch(
      /ssh6 \{[^}]*elements/,
    );
  });

  it('lets everything out while federation is open, and only the sets while it is off', () => {
    expect(firewallEgress(facts({ config: { federation: 'open' } }))).toBe('accept\n');
    const off = firewallEgress(facts({ config: { federation: 'off' } }));
    expect(off.match(/accept/g)).toHaveLength(2);
    expect(off).toMatch(/counter name egress_refused reject with icmpx type admin-prohibited\n$/);
  });

  it('names storage, mail relay, authority and every registry, with their ports', () => {
    const given = facts({
      config: {
        acmeDirectory: 'https://acme.example:14000/dir',
        mail: { host: 'mail.example', port: 465, from: 'a@b.example' },
        images: { ...facts().config.images, redis: `reg.example:5000/redis@sha256:${'e'.repeat(64)}` },
      },
      backups: { endpoint: 'nyc3.digitaloceanspaces.com' },
    });
    expect(egressNames(given).trim().split('\n')).toEqual([
      'acme.example tcp 14000',
      'fra1.digitaloceanspaces.com tcp 443',
      'ghcr.io tcp 443',
      'mail.example tcp 465',
      'nyc3.digitaloceanspaces.com tcp 443',
      'reg.example tcp 5000',
    ]);
    expect(registries(given)).toEqual(['ghcr.io', 'reg.example:5000']);
  });
});
