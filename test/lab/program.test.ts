import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloud as client } from '../../lab/cloud/client.ts';
import { completed } from '../components/support/config.ts';
import { set } from '../components/support/edits.ts';
import type { EngineRun } from './providers-support.ts';
import { ProgramBed, type Shown } from './support/program-bed.ts';

let bed: ProgramBed;
let run: EngineRun;
const secrets = () => Object.values(bed.file.secrets as Record<string, string>);
const inCloud = (type: string) => client.list(type === 'DnsRecord' ? 'cloudflare' : 'digitalocean', type);
const types = [
  ...['Droplet', 'ReservedIp', 'ReservedIpAssignment', 'Firewall', 'SshKey', 'Project', 'ProjectResources'],
  ...['SpacesBucket', 'SpacesKey', 'DnsRecord'],
];
const up = () => bed.up();
const write = (changes?: Record<string, unknown>) => bed.write(changes);
const commands = () => bed.commands();

async function one(type: string): Promise<Shown> {
  const found = await inCloud(type);
  expect(found).toHaveLength(1);
  return found[0] as Shown;
}

beforeAll(async () => {
  bed = await ProgramBed.start(
    set(completed('staging'), {
      dns: { provider: 'cloudflare', zone: 'social.coop', zoneId: '0123456789abcdef0123456789abcdef' },
    }),
  );
  run = bed.run;
}, 600_000);
afterAll(() => bed?.stop());

describe('the program on the real engine', () => {
  it('says everything that is wrong before it asks for anything', async () => {
    write({ rpo: 'often', domian: 'x', sshFrom: ['0.0.0.0/0'], 'primary.size': 'huge' });
    const { code, output } = await run.pulumi('preview');
    expect(code).not.toBe(0);
    expect(output).toContain('4 problems in the configuration of stack test');
    for (const key of ['rpo', 'domian', 'sshFrom[0]', 'primary.size'])
      expect(output).toContain(`instance:${key} = `);
    expect(output).not.toMatch(/at .*\.ts:\d+/);
    expect(await inCloud('Droplet')).toEqual([]);
  });

  it('makes machine, address, firewall, buckets, keys, names and applies the tree once', async () => {
    write();
    const { output, code } = await up();
    expect(output).toContain('done 00-test');
    expect(code).toBe(0);
    expect(commands()).toHaveLength(1);
    expect((await one('Droplet')).inputs).toMatchObject({ region: 'fra1', size: 's-4vcpu-8gb', ipv6: true });
    expect(await inCloud('SpacesBucket')).toHaveLength(2);
    expect(await inCloud('SpacesKey')).toHaveLength(2);
    expect(await inCloud('DnsRecord')).toHaveLength(4);
    const outputs = JSON.parse(await run.ok('stack', 'output', '--json'));
    expect(outputs).toMatchObject({
      url: 'https://staging.social.coop',
      buckets: { media: 'staging-social-coop-media', backups: 'staging-social-coop-backups' },
      dnsByHand: [],
    });
    expect(outputs.ssh).toBe(`ssh root@${outputs.address}`);
  });

  it('does nothing the second time', async () => {
    const { output } = await up();
    expect(output).toMatch(/\d+ unchanged/);
    expect(output).not.toMatch(/\d+ (to )?(create|update|replace|delete)/);
    expect(output).not.toContain('warning');
    expect(commands()).toHaveLength(1);
  });

  it('keeps every secret out of the plan, the log and the plain text of the state', async () => {
    write({ logDays: 15 });
    const plan = await run.ok('preview', '--diff', '--json').then(String);
    const state = await run.ok('stack', 'export');
    expect(state).toContain('ciphertext');
    for (const value of secrets()) {
      const line = value.split('\n').at(-4) ?? value;
      expect(plan.includes(line)).toBe(false);
      expect(state.includes(line)).toBe(false);
      expect(commands().join('').includes(line)).toBe(false);
    }
    for (const key of await inCloud('SpacesKey')) {
      expect(state.includes(String(key.outputs.secretKey))).toBe(false);
    }
  });

  it('applies a changed tree in place', async () => {
    const { output } = await up();
    expect(output).toMatch(/1 updated/);
    expect(commands()).toHaveLength(2);
  });

  it('reports an edit that would rebuild the machine or move a bucket, in the plan already, and follows none', async () => {
    const { id } = await one('Droplet');
    write({ logDays: 15, 'primary.region': 'ams3', 'storage.region': 'nyc3', 'storage.media': 'elsewhere' });
    for (const command of [['preview'], ['up', '--yes', '--skip-preview']]) {
      const output = await run.ok(...command);
      expect(output).toContain('the edit is ignored: the machine stays in fra1 — primary.region —');
      expect(output).toContain(
        'the edit is ignored: the bucket stays staging-social-coop-media — storage.media',
      );
      expect(output.match(/stays in fra1 — storage\.region/g)?.length).toBeGreaterThanOrEqual(2);
      expect(output).not.toMatch(/\d+ (to )?(replace|delete)|replaced|deleted/);
    }
    expect((await one('Droplet')).id).toBe(id);
    expect((await inCloud('SpacesBucket')).map((bucket) => bucket.id).sort()).toEqual([
      'staging-social-coop-backups',
      'staging-social-coop-media',
    ]);
  });

  it('refuses another domain, and a primary elsewhere, before anything changes', async () => {
    const [{ id }, applied] = [await one('Droplet'), commands().length];
    write({ domain: 'town.social.coop', primary: { provider: 'hetzner', region: 'fsn1', size: 'cpx42' } });
    for (const command of [['preview'], ['up', '--yes', '--skip-preview']]) {
      const { code, output } = await run.pulumi(...command);
      expect(code).not.toBe(0);
      expect(output).toContain('2 problems in the configuration of stack test');
      expect(output).toContain('cannot change: this stack is staging.social.coop');
      expect(output).toContain('instance:primary.provider');
      expect(output).not.toMatch(/at .*\.ts:\d+|created|deleted/);
    }
    expect((await one('Droplet')).id).toBe(id);
    expect(commands()).toHaveLength(applied);
  });

  it('is destroyed by nothing while it is protected, not even without a preview, and is after two steps', async () => {
    const all = async () =>
      (await Promise.all(types.map(inCloud)))
        .flat()
        .map(({ id }) => id)
        .sort();
    const before = await all();
    expect(before.length).toBeGreaterThan(12);
    write({ logDays: 15, protect: true });
    expect((await up()).code).toBe(0);
    for (const command of [
      ['destroy', '--yes'],
      ['destroy', '--yes', '--skip-preview'],
    ]) {
      const { code, output } = await run.pulumi(...command);
      expect(code).not.toBe(0);
      expect(output).toContain('protected');
      expect(await all()).toEqual(before);
    }
    // The second of the two steps is the last test of this file.
    write({ logDays: 15, protect: false });
    expect((await up()).code).toBe(0);
    expect(await all()).toEqual(before);
  });

  it('resizes in place', async () => {
    const { id } = await one('Droplet');
    write({ logDays: 15, 'primary.size': 's-8vcpu-16gb' });
    expect((await up()).code).toBe(0);
    expect(await one('Droplet')).toMatchObject({ id, inputs: { size: 's-8vcpu-16gb' } });
    write({ logDays: 15 });
    expect((await up()).code).toBe(0);
  });

  it('repairs a firewall that was opened by hand, and names that were deleted', async () => {
    const firewall = await one('Firewall');
    const rules = firewall.inputs.inboundRules as { portRange?: string; sourceAddresses: string[] }[];
    const opened = rules.map((rule) =>
      rule.portRange === '22' ? { ...rule, sourceAddresses: ['0.0.0.0/0'] } : rule,
    );
    await client.update('digitalocean', 'Firewall', firewall.id, {
      ...firewall.inputs,
      inboundRules: opened,
    });
    for (const record of await inCloud('DnsRecord')) {
      if (record.inputs.type === 'A') await client.remove('cloudflare', 'DnsRecord', record.id);
    }
    await run.ok('refresh', '--yes', '--skip-preview');
    expect((await up()).code).toBe(0);
    const ssh = ((await one('Firewall')).inputs.inboundRules as typeof rules).find(
      (rule) => rule.portRange === '22',
    );
    expect(ssh?.sourceAddresses).toEqual(bed.file.sshFrom);
    expect(await inCloud('DnsRecord')).toHaveLength(4);
  });

  it('builds a machine anew that was deleted by hand, under the same address, and lays the tree on it', async () => {
    const [before, address, applied] = [await one('Droplet'), await one('ReservedIp'), commands().length];
    await client.remove('digitalocean', 'Droplet', before.id);
    await run.ok('refresh', '--yes', '--skip-preview');
    const { code, output } = await up();
    expect(code, output).toBe(0);
    expect((await one('Droplet')).id).not.toBe(before.id);
    expect((await one('ReservedIp')).id).toBe(address.id);
    expect((await one('Firewall')).inputs.dropletIds).toEqual([Number((await one('Droplet')).id)]);
    expect(commands()).toHaveLength(applied + 1);
  });

  it('the way out that a report names leads to the new region', async () => {
    write({ logDays: 15, 'primary.region': 'ams3' });
    const output = await run.ok('preview');
    const targets = [
      ...(/`pulumi (destroy [^`]*)`/.exec(output)?.[1] ?? '').matchAll(/--target '([^']+)'/g),
    ].map((match) => match[1] ?? '');
    expect(targets).toHaveLength(2);
    const args = targets.flatMap((urn) => ['--target', urn]);
    await run.ok('destroy', '--yes', '--skip-preview', '--target-dependents', ...args);
    expect(await inCloud('SpacesBucket')).toHaveLength(2);
    const second = await up();
    expect(second.code, second.output).toBe(0);
    expect((await one('Droplet')).inputs.region).toBe('ams3');
  });

  it('destroys a stack whose machine is dead, and leaves nothing', async () => {
    const [droplet] = await inCloud('Droplet');
    await client.remove('digitalocean', 'Droplet', droplet?.id ?? '');
    const { code, output } = await run.pulumi('destroy', '--yes', '--skip-preview');
    expect(code, output).toBe(0);
    for (const type of types) expect(await inCloud(type), type).toEqual([]);
  });
});
