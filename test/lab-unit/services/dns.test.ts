import './scratch.ts';
import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { labLookup } from '../../../lab/client.ts';
import { paths } from '../../../lab/paths.ts';
import { ensureDns, writeRecords } from '../../../lab/services/dns.ts';
import { findProgram } from '../../../lab/services/find-program.ts';
import { alivePid } from '../../../lab/services/process.ts';

const port = 20_000 + (process.pid % 10_000);
const server = `127.0.0.1:${port}`;
const resolver = new Resolver({ timeout: 1000, tries: 1 });
resolver.setServers([server]);
const ask = (name: string, type: string) => resolver.resolve(name, type).catch((error) => error.code);

const missing = await findProgram('dnsmasq', 'dnsmasq-base').then(
  () => '',
  (error) => error.message,
);
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing)('the lab’s DNS', () => {
  beforeAll(() => ensureDns({ addresses: ['127.0.0.1'], port }));

  test('knows the lab’s own names', async () => {
    expect(await ask('acme.lab.test', 'A')).toEqual(['198.18.0.12']);
    expect(await ask('fra1.digitaloceanspaces.com', 'AAAA')).toEqual(['fd00:c00b::10']);
  });

  test('answers with new records as soon as they are written, and forgets them when they go', async () => {
    const caa = {
      name: 'a.social.coop',
      type: 'CAA' as const,
      caa: { flags: 0, tag: 'issue', value: 'letsencrypt.org' },
    };
    await writeRecords([{ name: 'a.social.coop', type: 'A', content: '198.18.2.1' }, caa]);
    expect(await ask('a.social.coop', 'A')).toEqual(['198.18.2.1']);
    expect(await ask('a.social.coop', 'CAA')).toEqual([
      { critical: 0, type: 'CAA', issue: 'letsencrypt.org' },
    ]);
    await writeRecords([]);
    expect(await ask('a.social.coop', 'A')).toBe('ENOTFOUND');
    expect(await ask('a.social.coop', 'CAA')).toBe('ENOTFOUND');
  });

  test('a changed address needs no restart', async () => {
    await writeRecords([{ name: 'b.social.coop', type: 'A', content: '198.18.2.1' }]);
    const pid = alivePid('dns');
    await writeRecords([{ name: 'b.social.coop', type: 'A', content: '198.18.2.2' }]);
    expect(await ask('b.social.coop', 'A')).toEqual(['198.18.2.2']);
    expect(alivePid('dns')).toBe(pid);
  });

  test('of lists written at the same time the last one counts', async () => {
    const lists = [1, 2, 3, 4, 5].map((n) => [
      { name: 'c.social.coop', type: 'A' as const, content: `198.18.2.${n}` },
      { name: 'c.social.coop', type: 'TXT' as const, content: `list ${n}` },
    ]);
    await Promise.all(lists.map((records) => writeRecords(records)));
    expect(await ask('c.social.coop', 'A')).toEqual(['198.18.2.5']);
    expect(await ask('c.social.coop', 'TXT')).toEqual([['list 5']]);
  });

  test('every name of the real world does not exist, at once', async () => {
    const started = performance.now();
    for (const name of ['joinmastodon.org', 'mastodon.social', 'api.digitalocean.com', 'ghcr.io'])
      expect(await ask(name, 'A'), name).toBe('ENOTFOUND');
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test('has no server to forward to', () => {
    const config = readFileSync(`${paths.dns}/dnsmasq.conf`, 'utf8');
    expect(config).not.toMatch(/^server=/m);
    expect(config).toMatch(/^no-resolv$/m);
  });

  test('a lookup that fails says where it looked', async () => {
    await expect(labLookup('nowhere.test', undefined, server)).rejects.toThrow(
      `no address of nowhere.test — the lab's DNS at ${server}`,
    );
    await expect(labLookup('acme.lab.test', 6, server)).rejects.toThrow('no IPv6 address');
    expect(await labLookup('peer.lab.test', 6, server)).toBe('fd00:c00b::13');
    expect(await labLookup('[fd00::1]')).toBe('fd00::1');
  });
});
