import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloud as client } from '../../lab/cloud/client.ts';
import type { Fault } from '../../lab/cloud/types.ts';
import { hilde, publicKey } from '../lab-unit/cloud/support.ts';
import { type EngineRun, engineRun } from './providers-support.ts';

let run: EngineRun;
const secretText = 'text-that-must-stay-secret';

/** A server as the program makes it, with what can be changed about it. */
const program = ({ protect = false, userData = secretText, serverType = 'cpx32' } = {}) => `
  const key = new hcloud.SshKey('key', { name: 'key', publicKey: '${publicKey}' });
  const [v4, v6] = ['ipv4', 'ipv6'].map((type) => new hcloud.PrimaryIp(type, { name: type, type, location: 'fsn1',
    autoDelete: false, assigneeType: 'server', deleteProtection: ${protect} }, { protect: ${protect} }));
  const firewall = new hcloud.Firewall('firewall', { name: 'firewall',
    rules: [{ direction: 'in', protocol: 'tcp', port: '22', sourceIps: ['198.18.0.0/16'] }] });
  const server = new hcloud.Server('server', { name: 'server', image: 'debian-13', serverType: '${serverType}',
    location: 'fsn1', sshKeys: [key.name], userData: pulumi.secret('${userData}'), keepDisk: true,
    firewallIds: [firewall.id.apply(Number)], deleteProtection: ${protect}, rebuildProtection: ${protect},
    publicNets: [{ ipv4: v4.id.apply(Number), ipv6: v6.id.apply(Number) }] }, { protect: ${protect} });
  new hcloud.Rdns('reverse', { primaryIpId: v4.id.apply(Number), ipAddress: v4.ipAddress, dnsPtr: 'social.coop' });
  export const ip = server.ipv4Address;`;

const up = () => run.pulumi('up', '--yes', '--skip-preview');
const fault = (kind: Fault['kind'], times: number) =>
  client.fault({ provider: 'hcloud', type: 'Server', op: 'create', kind, times });
const servers = () => client.list('hcloud', 'Server');

beforeAll(async () => {
  run = await engineRun();
  process.env.LAB_CLOUD = run.cloud.socket;
  run.program(program());
}, 600_000);
afterAll(async () => {
  await run?.cloud.stop();
  delete process.env.LAB_CLOUD;
});

describe('the real engine with the lab’s Hetzner', () => {
  it('makes nothing with a token that may only read, or that is none, and says why', async () => {
    run.env.HCLOUD_TOKEN = 'short';
    expect((await run.pulumi('preview')).output).toMatch(/must be exactly 64 characters long/);
    run.env.HCLOUD_TOKEN = hilde.readToken;
    const { code, output } = await up();
    run.env.HCLOUD_TOKEN = hilde.token;
    expect(code).not.toBe(0);
    expect(output).toMatch(/only allowed to perform GET requests \(token_readonly/);
    expect(await client.everything()).toEqual([]);
  });

  it('goes on where a full stock, a rate limit or a quota stopped it, with one server in the end', async () => {
    await fault('out-of-stock', 1);
    expect((await up()).output).toMatch(/error during placement \(resource_unavailable/);
    await fault('rate-limit', 50);
    expect((await up()).output).toMatch(/limit of 3600 requests per hour reached \(rate_limit_exceeded/);
    await client.clearFaults();
    await client.putAccount({ ...hilde, limits: { Server: 0 } });
    expect((await up()).output).toMatch(/server limit exceeded \(resource_limit_exceeded/);
    await client.putAccount(hilde);
    expect(await servers()).toEqual([]);
    await fault('timeout-after', 1);
    expect((await up()).code).not.toBe(0);
    expect((await up()).code).toBe(0);
    expect(await servers()).toHaveLength(1);
    expect(run.cloud.seen.machines.size).toBe(1);
    expect((await client.list('hcloud', 'PrimaryIp')).length).toBe(2);
    expect(await run.ok('preview', '--expect-no-changes')).toMatch(/7 unchanged/);
  });

  it('changes a type in place and replaces for other user data, with no secret in the plan', async () => {
    run.program(program({ serverType: 'cpx42' }));
    expect(await run.ok('preview')).toMatch(/1 to update/);
    run.program(program({ userData: 'other text' }));
    const replaced = await run.ok('preview', '--diff');
    expect(replaced).toMatch(/hcloud:index\/server:Server: \(replace\)/);
    for (const text of [replaced, await run.ok('stack', 'export')]) expect(text).not.toContain(secretText);
    run.program(program());
  });

  it('sees a firewall opened and a server deleted by hand, and repairs both with the same address', async () => {
    const [server] = await servers();
    const [firewall] = await client.list('hcloud', 'Firewall');
    await client.remove('hcloud', 'Server', server?.id ?? '');
    await client.update('hcloud', 'Firewall', firewall?.id ?? '', {
      ...firewall?.inputs,
      rules: [{ direction: 'in', protocol: 'tcp', port: 'any', sourceIps: ['0.0.0.0/0'] }],
    });
    const repaired = await run.pulumi('up', '--yes', '--skip-preview', '--refresh');
    expect(repaired.output).toMatch(/1 created/);
    const [again] = await servers();
    expect(again?.outputs.ipv4Address).toBe(server?.outputs.ipv4Address);
    expect((await client.list('hcloud', 'Firewall'))[0]?.inputs.rules).toEqual(firewall?.inputs.rules);
    expect(await run.ok('preview', '--expect-no-changes')).toMatch(/7 unchanged/);
  });

  it('destroys what is protected only after protection was lifted and brought up', async () => {
    run.program(program({ protect: true }));
    expect((await up()).code).toBe(0);
    const refused = await run.pulumi('destroy', '--yes');
    expect(refused.code).not.toBe(0);
    expect(await run.ok('preview', '--refresh', '--expect-no-changes')).toMatch(/7 unchanged/);
    // Nor by hand in the console.
    await expect(client.remove('hcloud', 'Server', (await servers())[0]?.id ?? '')).rejects.toThrow(
      /protected/,
    );
    run.program(program());
    expect((await up()).code).toBe(0);
    expect(await run.ok('destroy', '--yes', '--skip-preview')).toMatch(/7 deleted/);
    expect(await client.everything()).toEqual([]);
    expect(run.cloud.seen.machines.size + run.cloud.seen.firewalls.size + run.cloud.seen.records.length).toBe(
      0,
    );
  });
});
