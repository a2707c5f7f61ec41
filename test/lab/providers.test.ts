import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloud as client } from '../../lab/cloud/client.ts';
import type { Fault } from '../../lab/cloud/types.ts';
import { publicKey, zone } from '../lab-unit/cloud/support.ts';
import { type EngineRun, engineRun } from './providers-support.ts';

let run: EngineRun;
const secretText = 'text-that-must-stay-secret';

const droplet = (extra = '') =>
  `const droplet = new digitalocean.Droplet('primary', { image: 'debian-13-x64', size: 's-2vcpu-4gb', region: 'fra1',
    name: 'primary', ipv6: true, userData: pulumi.secret('${secretText}') ${extra} });`;
const rest = `
  const key = new digitalocean.SshKey('key', { publicKey: '${publicKey}' });
  const address = new digitalocean.ReservedIp('address', { region: 'fra1' });
  new digitalocean.ReservedIpAssignment('assignment', { ipAddress: address.ipAddress, dropletId: droplet.id.apply(Number) });
  const firewall = new digitalocean.Firewall('firewall', { dropletIds: [droplet.id.apply(Number)],
    inboundRules: [{ protocol: 'tcp', portRange: '22', sourceAddresses: ['198.18.0.0/16'] }] });
  const bucket = new digitalocean.SpacesBucket('backups', { name: 'coop-backups', region: 'fra1' });
  const access = new digitalocean.SpacesKey('access', { grants: [{ bucket: bucket.name, permission: 'readwrite' }] });
  const record = new cloudflare.DnsRecord('name', { zoneId: '${zone.id}', name: 'staging.social.coop', type: 'A', ttl: 60,
    content: address.ipAddress });
  export const secretKey = access.secretKey; export const ip = droplet.ipv4Address;`;

const up = () => run.pulumi('up', '--yes', '--skip-preview');
const fault = (kind: Fault['kind'], times: number, type = 'Droplet') =>
  client.fault({ provider: 'digitalocean', type, op: 'create', kind, times });
const droplets = () => client.list('digitalocean', 'Droplet');

beforeAll(async () => {
  run = await engineRun();
  process.env.LAB_CLOUD = run.cloud.socket;
}, 600_000);
afterAll(async () => {
  await run?.cloud.stop();
  delete process.env.LAB_CLOUD;
});

describe('the real engine with the plugins of the lab', () => {
  it('is told when the API limits its rate, and succeeds the next time', async () => {
    run.program(droplet());
    await fault('rate-limit', 50);
    const first = await up();
    expect(first.code).not.toBe(0);
    expect(first.output).toMatch(/Error creating droplet: POST .*: 429 .*Too many requests/);
    expect(await droplets()).toEqual([]);
    await client.clearFaults();
    expect((await up()).output).toMatch(/primary created/);
    expect(await droplets()).toHaveLength(1);
    await run.ok('destroy', '--yes', '--skip-preview');
  });

  it('is told when a size is out of stock, and succeeds the next time', async () => {
    await fault('out-of-stock', 1);
    expect((await up()).output).toMatch(/422 .*Size is not available in this region/);
    expect((await up()).code).toBe(0);
    expect(await droplets()).toHaveLength(1);
    await run.ok('destroy', '--yes', '--skip-preview');
  });

  it('keeps the machine whose create timed out, and makes no second one', async () => {
    await fault('timeout-after', 1);
    const first = await up();
    expect(first.code).not.toBe(0);
    expect(first.output).toMatch(/Error waiting for droplet to become ready: timeout/);
    const [made] = await droplets();
    const second = await up();
    expect(second.code).toBe(0);
    expect(await droplets()).toMatchObject([{ id: made?.id }]);
    expect(run.cloud.seen.machines.size).toBe(1);
    expect((await up()).output).toMatch(/2 unchanged/);
    await run.ok('destroy', '--yes', '--skip-preview');
  });

  it('makes everything, and has nothing to do afterwards', async () => {
    run.program(droplet() + rest);
    expect((await up()).output).toMatch(/9 created/);
    const again = await run.ok('preview', '--expect-no-changes');
    expect(again).toMatch(/9 unchanged/);
  });

  it('writes no secret into state, plan or output', async () => {
    const exported = await run.ok('stack', 'export');
    const [access] = await client.list('digitalocean', 'SpacesKey');
    const secretKey = String(access?.outputs.secretKey);
    const plan = join(run.directory, 'plan.json');
    run.program(droplet(", tags: ['changed']") + rest);
    const shown = await run.ok('preview', '--diff', '--save-plan', plan);
    const outputs = await run.ok('stack', 'output');
    for (const text of [exported, shown, outputs, readFileSync(plan, 'utf8')]) {
      expect(text).not.toContain(secretText);
      expect(text).not.toContain(secretKey);
    }
    expect(outputs).toContain('[secret]');
    run.program(droplet() + rest);
  });

  it('sees what was deleted or changed by hand, and repairs it', async () => {
    const before = await client.everything();
    const id = (type: string) => before.find((object) => object.type === type)?.id ?? '';
    await client.remove('cloudflare', 'DnsRecord', id('DnsRecord'));
    await client.remove('digitalocean', 'Droplet', id('Droplet'));
    const [firewall] = await client.list('digitalocean', 'Firewall');
    await client.update('digitalocean', 'Firewall', id('Firewall'), {
      ...firewall?.inputs,
      dropletIds: [],
      inboundRules: [{ protocol: 'tcp', portRange: '1-65535', sourceAddresses: ['0.0.0.0/0'] }],
    });
    const seen = await run.ok('refresh', '--yes', '--skip-preview');
    // The assignment went with the machine.
    expect(seen).toMatch(/3 deleted/);
    expect(seen).toMatch(/firewall +updated/);
    const repaired = await up();
    expect(repaired.code).toBe(0);
    expect(repaired.output).toMatch(/3 created/);
    const [machine] = await droplets();
    const [rules] = await client.list('digitalocean', 'Firewall');
    expect(rules?.inputs).toMatchObject({
      dropletIds: [Number(machine?.id)],
      inboundRules: [{ protocol: 'tcp', portRange: '22', sourceAddresses: ['198.18.0.0/16'] }],
    });
    expect(run.cloud.seen.records).toHaveLength(1);
    expect(await run.ok('preview', '--expect-no-changes')).toMatch(/9 unchanged/);
  });

  it('changes a machine in place or replaces it, as the rules say', async () => {
    run.program(droplet(", tags: ['new'], backups: true") + rest);
    expect(await run.ok('preview')).toMatch(/1 to update/);
    run.program(droplet().replace(secretText, 'other user data') + rest);
    const replaced = await run.ok('preview', '--diff');
    expect(replaced).toMatch(/digitalocean:index\/droplet:Droplet: \(replace\)/);
    expect(replaced).toMatch(/~ userData/);
    run.program(droplet() + rest);
  });

  it('refuses what the SDK let through, under the resource that has it', async () => {
    run.program(droplet(', monitoring: 7 as never'));
    const { code, output } = await run.pulumi('preview');
    expect(code).not.toBe(0);
    expect(output).toMatch(/Droplet resource 'primary' has a problem: expected bool type, got number type/);
    run.program(droplet() + rest);
  });

  it('takes everything away again', async () => {
    expect(await run.ok('destroy', '--yes', '--skip-preview')).toMatch(/9 deleted/);
    expect(await client.everything()).toEqual([]);
    expect(run.cloud.seen.machines.size + run.cloud.seen.buckets.size + run.cloud.seen.firewalls.size).toBe(
      0,
    );
    // The account's own key outlives its buckets; limited ones do not.
    expect([...run.cloud.seen.users.keys()]).toEqual(['ALICE']);
  });
});
