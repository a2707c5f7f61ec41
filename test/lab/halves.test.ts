import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cloud as client } from '../../lab/cloud/client.ts';
import { completed } from '../components/support/config.ts';
import { ProgramBed } from './support/program-bed.ts';

// Production stands on three companies. One that does not answer must cost nothing at the others.

const hcloud = ['Server', 'PrimaryIp', 'Firewall', 'SshKey', 'Rdns'];
const ocean = [
  ...['Droplet', 'ReservedIp', 'ReservedIpAssignment', 'Firewall', 'SshKey', 'Project', 'ProjectResources'],
  ...['SpacesBucket', 'SpacesKey'],
];
const types: Record<string, string[]> = { hcloud, digitalocean: ocean, cloudflare: ['DnsRecord'] };
const wanted: Record<string, number> = { hcloud: 7, digitalocean: 11, cloudflare: 4 };

let bed: ProgramBed;
beforeAll(async () => {
  bed = await ProgramBed.start(completed('prod'));
}, 600_000);
afterEach(() => client.clearFaults());
afterAll(() => bed?.stop());

/** From now on nothing of these kinds can be made or changed there, and nobody says what a token may do. */
async function down(provider: string): Promise<void> {
  await client.fault({ provider, type: 'Account', op: 'read', kind: 'server-error', times: 1000 });
  for (const type of types[provider] ?? [])
    for (const op of ['create', 'update'] as const)
      await client.fault({ provider: provider as never, type, op, kind: 'server-error', times: 1000 });
}

async function all(provider: string) {
  const found = await Promise.all(
    (types[provider] ?? []).map((type) => client.list(provider as never, type)),
  );
  return found.flat();
}

const ids = async (provider: string) => (await all(provider)).map(({ type, id }) => `${type} ${id}`).sort();

async function everything() {
  const found = await Promise.all(Object.keys(types).map(async (name) => [name, (await all(name)).length]));
  return Object.fromEntries(found);
}

describe('production, of which one half does not answer', () => {
  it('is finished by the next `up` when Hetzner failed at the first, and nothing was made twice', async () => {
    bed.write();
    await down('hcloud');
    const first = await bed.up();
    expect(first.code, first.output).not.toBe(0);
    expect(first.output).toMatch(/warning: .* answers 503: HCLOUD_TOKEN was not checked/);
    expect(await all('hcloud')).toEqual([]);
    const kept = { ocean: await ids('digitalocean'), names: await ids('cloudflare') };
    await client.clearFaults();
    const second = await bed.up();
    expect(second.code, second.output).toBe(0);
    expect(await everything()).toEqual(wanted);
    // What was there was taken over, not made anew.
    expect(await ids('digitalocean')).toEqual(expect.arrayContaining(kept.ocean));
    expect(await ids('cloudflare')).toEqual(expect.arrayContaining(kept.names));
  });

  it.each(Object.keys(types))(
    'keeps every piece when %s fails in an edit that touches all, and ends it next time',
    async (provider) => {
      const before = await Promise.all(Object.keys(types).map(ids));
      const number = Object.keys(types).indexOf(provider) + 1;
      const edit = {
        sshFrom: [`198.51.100.${number}/32`],
        backupDays: 30 + number,
        'dns.mail.spf': `v=spf1 ip4:198.51.100.${number} -all`,
      };
      bed.write(edit);
      await down(provider);
      const failed = await bed.up();
      expect(failed.code, failed.output).not.toBe(0);
      const after = await Promise.all(Object.keys(types).map(ids));
      for (const [index, there] of before.entries())
        expect(after[index]).toEqual(expect.arrayContaining(there));
      await client.clearFaults();
      const next = await bed.up();
      expect(next.code, next.output).toBe(0);
      expect(await everything()).toEqual({ ...wanted, cloudflare: 5 });
      for (const firewall of await Promise.all(
        ['hcloud', 'digitalocean'].map((name) => client.list(name as never, 'Firewall')),
      ))
        expect(JSON.stringify(firewall)).toContain(`198.51.100.${number}/32`);
      expect((await bed.up()).output).toMatch(/\d+ unchanged/);
    },
  );
});
