import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudObject, Properties } from '../../../lab/cloud/types.ts';
import { hilde, publicKey, serverInputs, type TestCloud, testCloud } from './support.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await testCloud();
});
afterEach(() => cloud.stop());

const make = (type: string, inputs: Properties) => cloud.make(type, inputs, hilde);
const update = (object: CloudObject, inputs: Properties) =>
  cloud.objects.update(hilde, object.type, object.id, inputs);
const remove = (object: CloudObject) => cloud.objects.remove(hilde, object.type, object.id);
const machineOf = (server: CloudObject) => cloud.seen.machines.get(`hz-${server.id}`);
const address = (type: 'ipv4' | 'ipv6', extra: Properties = {}) =>
  make('PrimaryIp', { name: `${type}-${Math.random()}`, type, location: 'fsn1', ...extra });
const net = (v4: CloudObject, v6: CloudObject) => [{ ipv4: Number(v4.id), ipv6: Number(v6.id) }];

describe('Server', () => {
  it('boots a machine of its type with the keys named by name or id', async () => {
    const key = await make('SshKey', { name: 'k', publicKey });
    const server = await make('Server', serverInputs({ sshKeys: ['k'], userData: '#cloud-config' }));
    expect(server.id).toMatch(/^\d+$/);
    expect(server.outputs).toMatchObject({ status: 'running', primaryDiskSize: 160 });
    expect(server.outputs.ipv6Address).toBe(String(server.outputs.ipv6Network).replace('::/64', '::1'));
    expect(machineOf(server)?.spec).toMatchObject({
      ip4: server.outputs.ipv4Address,
      ip6: server.outputs.ipv6Address,
      ...{ memoryMb: 8192, vcpus: 4, diskGb: 160, userData: '#cloud-config', sshKeys: [publicKey] },
    });
    const other = await make('Server', serverInputs({ name: 'other', sshKeys: [key.id] }));
    expect(other.outputs.ipv4Address).not.toBe(server.outputs.ipv4Address);
  });

  it.each([
    ['server type', { serverType: 'cx22' }, /server type cx22 not found/],
    ['location', { location: 'mars1' }, /location mars1 not found/],
    ['location for the type', { serverType: 'cx33', location: 'ash' }, /unsupported location/],
    ['datacenter, which is no more', { datacenter: 'fsn1-dc14' }, /use location instead/],
    ['image', { image: 'windows-95' }, /image windows-95 for architecture x86 not found/],
    ['name', { name: 'under_score' }, /field 'name'/],
    ['SSH key', { sshKeys: ['nobody'] }, /SSH key not found: nobody/],
    ['firewall', { firewallIds: [7] }, /firewall with ID '7' not found/],
    ['user data', { userData: 'x'.repeat(32_769) }, /too long/],
    ['half a protection', { deleteProtection: true }, /must be the same/],
    ['no address', { publicNets: [{ ipv4Enabled: false, ipv6Enabled: false }] }, /needs a public one/],
    ['label', { labels: { a: 'no spaces' } }, /not correctly formatted/],
  ])('refuses an unusable %s and makes nothing', async (_what, extra, reason) => {
    await expect(make('Server', serverInputs(extra))).rejects.toThrow(reason);
    expect(cloud.seen.machines.size).toBe(0);
    expect(cloud.store.state.objects).toEqual([]);
  });

  it('has a name no other server of the project has', async () => {
    await make('Server', serverInputs());
    await expect(make('Server', serverInputs())).rejects.toMatchObject({
      status: 409,
      code: 'uniqueness_error',
    });
  });

  it('cannot be deleted while it is protected, by nobody', async () => {
    const guarded = serverInputs({ deleteProtection: true, rebuildProtection: true });
    const server = await make('Server', guarded);
    await expect(remove(server)).rejects.toMatchObject({ status: 423, code: 'protected' });
    expect(machineOf(server)?.state).toBe('running');
    await update(server, serverInputs());
    await remove(server);
    expect(cloud.seen.machines.size).toBe(0);
  });

  it('that boots for nobody is taken away, protected or not', async () => {
    cloud.backends.machines.createMachine = async () => {
      throw new Error('no memory left');
    };
    const guarded = serverInputs({ deleteProtection: true, rebuildProtection: true });
    await expect(make('Server', guarded)).rejects.toThrow('no memory left');
    expect(cloud.store.state.objects).toEqual([]);
  });

  it('changes its type with its power off, and keeps its disk where it was told to', async () => {
    const server = await make('Server', serverInputs({ keepDisk: true }));
    await update(server, serverInputs({ serverType: 'cpx42', keepDisk: true }));
    expect(machineOf(server)).toMatchObject({ spec: { memoryMb: 16_384, vcpus: 8 }, state: 'running' });
    expect(server.outputs.primaryDiskSize).toBe(160);
    await update(server, serverInputs({ serverType: 'cpx32', keepDisk: true }));
    await expect(update(server, serverInputs({ serverType: 'cpx22' }))).rejects.toThrow(/disk is bigger/);
    await expect(update(server, serverInputs({ serverType: 'cax41' }))).rejects.toThrow(/architecture/);
  });

  it('is shut down before it goes, where that was asked for', async () => {
    const stopped: string[] = [];
    const { stopMachine } = cloud.backends.machines;
    cloud.backends.machines.stopMachine = async (id) => {
      stopped.push(id);
      await stopMachine(id);
    };
    const server = await make('Server', serverInputs({ shutdownBeforeDeletion: true }));
    await remove(server);
    expect(stopped).toEqual([`hz-${server.id}`]);
  });
});

describe('PrimaryIp', () => {
  it('is a single address, or a network of which the server has the first', async () => {
    const [v4, v6] = [await address('ipv4'), await address('ipv6')];
    expect(v6.outputs.ipNetwork).toBe(`${v6.outputs.ipAddress}/64`);
    const server = await make('Server', serverInputs({ publicNets: net(v4, v6) }));
    expect(server.outputs).toMatchObject({
      ipv4Address: v4.outputs.ipAddress,
      ipv6Address: `${v6.outputs.ipAddress}1`,
      ipv6Network: v6.outputs.ipNetwork,
    });
    expect(machineOf(server)?.spec).toMatchObject({
      ip4: v4.outputs.ipAddress,
      ip6: `${v6.outputs.ipAddress}1`,
    });
    expect(v4.outputs.assigneeId).toBe(Number(server.id));
  });

  it('outlives its server, and the next one has it again', async () => {
    const [v4, v6] = [await address('ipv4'), await address('ipv6')];
    const inputs = serverInputs({ publicNets: net(v4, v6) });
    const first = await make('Server', inputs);
    await remove(first);
    expect(v4.outputs.assigneeId).toBe(0);
    const second = await make('Server', inputs);
    expect(second.outputs.ipv4Address).toBe(v4.outputs.ipAddress);
  });

  it('goes with its server where it was made to', async () => {
    const [v4, v6] = [await address('ipv4', { autoDelete: true }), await address('ipv6')];
    const server = await make('Server', serverInputs({ publicNets: net(v4, v6) }));
    await remove(server);
    expect(cloud.store.state.objects.map(({ id }) => id)).toEqual([v6.id]);
  });

  it('moves between servers that are switched off, and between no others', async () => {
    const [v4, v6, w4, w6] = [
      ...[await address('ipv4'), await address('ipv6'), await address('ipv4'), await address('ipv6')],
    ] as [CloudObject, CloudObject, CloudObject, CloudObject];
    const one = await make('Server', serverInputs({ publicNets: net(v4, v6) }));
    const two = await make('Server', serverInputs({ name: 'two', publicNets: net(w4, w6) }));
    const to = (object: CloudObject, assigneeId: number) => update(object, { ...object.inputs, assigneeId });
    await expect(to(v4, Number(two.id))).rejects.toMatchObject({ code: 'server_not_stopped' });
    for (const server of [one, two]) await cloud.backends.machines.stopMachine(`hz-${server.id}`);
    await expect(to(v4, Number(two.id))).rejects.toThrow(/already has a primary IP/);
    await to(w4, 0);
    await to(v4, Number(two.id));
    expect(machineOf(one)?.spec.ip4).toBe('');
    expect(machineOf(two)?.spec.ip4).toBe(v4.outputs.ipAddress);
    expect(two.outputs.ipv4Address).toBe(v4.outputs.ipAddress);
  });

  it('follows an edit of the server’s public net, which switches it off and on', async () => {
    const [v4, v6, other] = [await address('ipv4'), await address('ipv6'), await address('ipv4')];
    const server = await make('Server', serverInputs({ publicNets: net(v4, v6) }));
    await update(server, serverInputs({ publicNets: net(other, v6) }));
    expect(machineOf(server)).toMatchObject({ spec: { ip4: other.outputs.ipAddress }, state: 'running' });
    expect([v4.outputs.assigneeId, other.outputs.assigneeId]).toEqual([0, Number(server.id)]);
  });

  it.each([
    ['of another type', () => address('ipv6'), /is no ipv4 address/],
    ['elsewhere', () => address('ipv4', { location: 'hel1' }), /in location hel1, not fsn1/],
    ['that is nobody’s', async () => ({ id: '7' }), /primary IP 7 not found/],
  ])('cannot be linked %s', async (_what, other, reason) => {
    const { id } = await other();
    const inputs = serverInputs({ publicNets: [{ ipv4: Number(id), ipv6Enabled: false }] });
    await expect(make('Server', inputs)).rejects.toThrow(reason);
  });

  it('is protected from deletion, has one server and a name of its own', async () => {
    const v4 = await address('ipv4', { name: 'mine', deleteProtection: true });
    await expect(remove(v4)).rejects.toMatchObject({ code: 'protected' });
    await expect(address('ipv4', { name: 'mine' })).rejects.toMatchObject({ code: 'uniqueness_error' });
    const inputs = (name: string) =>
      serverInputs({ name, publicNets: [{ ipv4: Number(v4.id), ipv6Enabled: false }] });
    await make('Server', inputs('one'));
    await expect(make('Server', inputs('two'))).rejects.toThrow(/already assigned/);
  });
});
