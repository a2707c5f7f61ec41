import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Refusal, Silence } from '../../../components/accounts/types.ts';
import { examined, good, of, running, zoneId } from './examined.ts';

const doctor = examined();

describe('tokens', () => {
  it('that are not set: which, what they must be allowed, and where to get them', async () => {
    const [found] = of(await doctor.look({ CLOUDFLARE_API_TOKEN: '' }), 'cloudflare');
    expect(found).toMatchObject({ level: 'failure', text: 'CLOUDFLARE_API_TOKEN is not set' });
    expect(found?.remedy).toMatch(/Zone \/ DNS \/ Edit.*dash\.cloudflare\.com.*export CLOUDFLARE_API_TOKEN=/);
    const [spaces] = of(await doctor.look({ SPACES_SECRET_ACCESS_KEY: '' }), 'spaces');
    expect(spaces?.text).toBe('SPACES_SECRET_ACCESS_KEY is not set');
  });

  it('that are refused', async () => {
    doctor.clouds.digitalocean.whoami = () =>
      Promise.reject(new Refusal(401, 'Unauthorized', 'Unable to authenticate you'));
    expect(of(await doctor.look(), 'digitalocean')).toEqual([
      expect.objectContaining({
        level: 'failure',
        text: 'DIGITALOCEAN_TOKEN is not accepted: Unable to authenticate you (401)',
      }),
    ]);
  });

  it('that may only read, or lack a scope', async () => {
    doctor.clouds.digitalocean.whoami = async () => ({ ...good, access: 'read', missing: ['firewall:read'] });
    const found = of(await doctor.look(), 'digitalocean');
    expect(found.map(({ level }) => level)).toEqual(['failure', 'failure']);
    expect(found[0]?.text).toBe('DIGITALOCEAN_TOKEN (account social-coop) may only read');
    expect(found[1]?.text).toContain('lacks firewall:read');
  });

  it('are not judged when the provider does not answer', async () => {
    doctor.clouds.cloudflare.whoami = () =>
      Promise.reject(new Silence('api.cloudflare.com does not answer (ENOTFOUND)'));
    expect(of(await doctor.look(), 'cloudflare')[0]).toMatchObject({ level: 'warning' });
  });

  it('teach the header of every verb the account’s name', async () => {
    await doctor.look();
    const names = readFileSync(join(doctor.place.root, '.cache/social-coop/accounts.json'), 'utf8');
    expect(Object.values(JSON.parse(names))).toContain('social-coop');
  });
});

describe('servers', () => {
  it('of the state that the token does not see: another project’s token', async () => {
    doctor.clouds.digitalocean.sees = async () => false;
    const firewall = { urn: 'f', type: 'digitalocean:index/firewall:Firewall', id: 'fw' };
    const [found] = of(await doctor.look(running([firewall])), 'servers');
    expect(found).toMatchObject({ level: 'failure' });
    expect(found?.text).toMatch(/server 400 cannot be seen.*DIGITALOCEAN_TOKEN.*another project or team/);
  });

  it('that somebody deleted are told from that by what is left', async () => {
    doctor.clouds.digitalocean.sees = async (kind) => kind === 'firewall';
    const firewall = { urn: 'f', type: 'digitalocean:index/firewall:Firewall', id: 'fw' };
    expect(of(await doctor.look(running([firewall])), 'servers')[0]?.text).toMatch(
      /is gone.*somebody deleted it/,
    );
  });

  it('that the account has no room for', async () => {
    let wanted = 1;
    doctor.clouds.digitalocean.quotas = async (machines) => {
      expect(machines).toEqual(['primary.staging.social.coop']);
      return [{ what: 'Droplets', limit: 3, used: 3, wanted }];
    };
    expect(of(await doctor.look(), 'quotas')[0]).toMatchObject({
      level: 'failure',
      text: expect.stringContaining('3 of 3 Droplets'),
    });
    // The one that is wanted is among them already.
    wanted = 0;
    expect(of(await doctor.look(), 'quotas')[0]).toMatchObject({
      level: 'ok',
      text: 'digitalocean: 3 of 3 Droplets',
    });
  });
});

describe('names', () => {
  const record = (type: string, content: string, id = 'x') => ({
    id,
    type,
    name: 'staging.social.coop',
    content,
  });
  it.each<[string, string, string]>([
    ['CNAME', 'elsewhere.example', 'failure'],
    ['A', '192.0.2.9', 'failure'],
    ['AAAA', '2001:db8::9', 'failure'],
    ['NS', 'ns.example', 'failure'],
    ['CAA', '0 issue "other.example"', 'warning'],
  ])('a %s record that is not ours', async (type, content, level) => {
    doctor.clouds.cloudflare.records = async () => [record(type, content)];
    const found = of(await doctor.look(), 'names').filter((one) => one.level !== 'ok');
    expect(found).toEqual([expect.objectContaining({ level })]);
    expect(found[0]?.text).toContain(
      `staging.social.coop ${type} ${content} is not ours`.replace(' is not ours', ''),
    );
    expect(found[0]?.remedy).toContain(`pulumi import cloudflare:index/dnsRecord:DnsRecord NAME ${zoneId}/x`);
  });

  it('a record of the stack itself is no conflict, nor one of a type that we leave alone', async () => {
    doctor.clouds.cloudflare.records = async () => [record('A', '192.0.2.9', 'ours'), record('TXT', 'hello')];
    const ours = { urn: 'd', type: 'cloudflare:index/dnsRecord:DnsRecord', id: 'ours' };
    const found = of(await doctor.look(running([ours])), 'names');
    expect(found.map(({ level }) => level)).toEqual(['ok', 'ok']);
  });

  it('a zone of another account, or the ID of another zone', async () => {
    doctor.clouds.cloudflare.zone = async () => undefined;
    expect(of(await doctor.look(), 'names')[0]).toMatchObject({
      level: 'failure',
      text: expect.stringContaining("another account's"),
    });
    doctor.clouds.cloudflare.zone = async () => ({ name: 'other.coop' });
    expect(of(await doctor.look(), 'names')[0]?.text).toBe(
      'dns.zoneId is that of other.coop, and dns.zone says social.coop',
    );
  });
});
