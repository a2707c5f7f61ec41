import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudObject } from '../../../lab/cloud/types.ts';
import { alice, bob, dropletInputs, publicKey, type TestCloud, testCloud } from './support.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await testCloud();
});
afterEach(() => cloud.stop());

const machineOf = (droplet: CloudObject) => cloud.seen.machines.get(`do-${droplet.id}`);
const macOf = (droplet: CloudObject) => String(droplet.hidden.mac);

describe('Droplet', () => {
  it('boots a machine of its size with the keys named by id or fingerprint', async () => {
    const key = await cloud.make('SshKey', { name: 'k', publicKey });
    const droplet = await cloud.make(
      'Droplet',
      dropletInputs({ sshKeys: [key.id], userData: '#cloud-config' }),
    );
    expect(droplet.id).toMatch(/^\d+$/);
    expect(droplet.outputs).toMatchObject({
      status: 'active',
      memory: 4096,
      vcpus: 2,
      disk: 80,
      priceMonthly: 24,
    });
    expect(droplet.outputs.ipv6Address).toMatch(/^fd00:c00b::/);
    expect(machineOf(droplet)?.spec).toMatchObject({
      name: 'primary',
      ip4: droplet.outputs.ipv4Address,
      memoryMb: 4096,
      vcpus: 2,
      userData: '#cloud-config',
      sshKeys: [publicKey],
    });
    const other = await cloud.make(
      'Droplet',
      dropletInputs({ sshKeys: [key.outputs.fingerprint], ipv6: false }),
    );
    expect(other.outputs.ipv4Address).not.toBe(droplet.outputs.ipv4Address);
    expect(other.outputs.ipv6Address).toBeUndefined();
    expect(machineOf(other)?.spec.ip6).toBeUndefined();
  });

  it.each([
    ['size', 's-3vcpu-5gb', /invalid size/],
    ['region', 'mars1', /invalid region/],
    ['image', 'windows-95', /invalid image/],
    ['name', 'under_score', /valid hostname/],
    ['sshKeys', ['12345'], /12345 are invalid key identifiers/],
    ['userData', 'x'.repeat(65_537), /too long/],
  ])('refuses an unusable %s and makes nothing', async (key, value, reason) => {
    await expect(cloud.make('Droplet', dropletInputs({ [key]: value }))).rejects.toThrow(reason);
    expect(cloud.seen.machines.size).toBe(0);
    expect(cloud.store.state.objects).toEqual([]);
  });

  it('is resized with its power off, and never onto a smaller disk', async () => {
    const droplet = await cloud.make('Droplet', dropletInputs());
    await cloud.objects.update(alice, 'Droplet', droplet.id, dropletInputs({ size: 's-4vcpu-8gb' }));
    expect(machineOf(droplet)).toMatchObject({ spec: { memoryMb: 8192, vcpus: 4 }, state: 'running' });
    expect(droplet.outputs).toMatchObject({ memory: 8192, priceMonthly: 48 });
    await expect(
      cloud.objects.update(alice, 'Droplet', droplet.id, dropletInputs({ size: 's-1vcpu-1gb' })),
    ).rejects.toThrow(/smaller disk/);
  });

  it('that somebody removed by hand is gone at the next look', async () => {
    const droplet = await cloud.make('Droplet', dropletInputs());
    cloud.seen.machines.clear();
    await expect(cloud.objects.read(alice, 'Droplet', droplet.id)).rejects.toMatchObject({ status: 404 });
    expect(cloud.store.state.objects).toEqual([]);
  });

  it('shows whether it is switched off', async () => {
    const droplet = await cloud.make('Droplet', dropletInputs());
    await cloud.backends.machines.stopMachine(`do-${droplet.id}`);
    expect((await cloud.objects.read(alice, 'Droplet', droplet.id)).outputs.status).toBe('off');
  });
});

describe('Firewall', () => {
  const ssh = { protocol: 'tcp', portRange: '22', sourceAddresses: ['198.18.0.0/16'] };

  it('lets nothing out without an outbound rule, and goes with its last mention', async () => {
    const droplet = await cloud.make('Droplet', dropletInputs());
    expect(cloud.seen.firewalls.has(macOf(droplet))).toBe(false);
    const firewall = await cloud.make('Firewall', {
      name: 'f',
      dropletIds: [Number(droplet.id)],
      inboundRules: [ssh],
    });
    expect(cloud.seen.firewalls.get(macOf(droplet))).toEqual({
      inbound: [{ protocol: 'tcp', ports: '22', addresses: ['198.18.0.0/16'] }],
      outbound: [],
    });
    await cloud.objects.remove(alice, 'Firewall', firewall.id);
    expect(cloud.seen.firewalls.has(macOf(droplet))).toBe(false);
  });

  it('adds up with others, and reaches machines by tag before they boot', async () => {
    const all = { protocol: 'tcp', portRange: 'all', destinationAddresses: ['0.0.0.0/0', '::/0'] };
    await cloud.make('Firewall', { name: 'in', tags: ['web'], inboundRules: [ssh] });
    await cloud.make('Firewall', {
      name: 'out',
      tags: ['web'],
      outboundRules: [all, { ...all, protocol: 'icmp' }],
    });
    const order: string[] = [];
    const { setFirewall, createMachine } = cloud.backends.machines;
    cloud.backends.machines.setFirewall = async (mac, rules) => {
      order.push('rules');
      await setFirewall(mac, rules);
    };
    cloud.backends.machines.createMachine = async (spec) => {
      order.push('boot');
      await createMachine(spec);
    };
    const droplet = await cloud.make('Droplet', dropletInputs({ tags: ['web'] }));
    expect(order).toEqual(['rules', 'boot']);
    expect(cloud.seen.firewalls.get(macOf(droplet))).toEqual({
      inbound: [{ protocol: 'tcp', ports: '22', addresses: ['198.18.0.0/16'] }],
      outbound: [
        { protocol: 'tcp', ports: '1-65535', addresses: ['0.0.0.0/0', '::/0'] },
        { protocol: 'icmp', addresses: ['0.0.0.0/0', '::/0'] },
      ],
    });
  });

  it.each([
    ['no rule', {}, /at least one rule/],
    ['an unknown protocol', { inboundRules: [{ ...ssh, protocol: 'gre' }] }, /protocol must be one of/],
    ['no port', { inboundRules: [{ protocol: 'tcp', sourceAddresses: ['::/0'] }] }, /invalid port range/],
    ['a port too high', { inboundRules: [{ ...ssh, portRange: '22-70000' }] }, /invalid port range/],
    ['a wrong address', { inboundRules: [{ ...ssh, sourceAddresses: ['10.0.0.0/33'] }] }, /invalid address/],
    ['a droplet that is not there', { inboundRules: [ssh], dropletIds: [7] }, /droplet ids are invalid: 7/],
  ])('refuses %s', async (_what, inputs, reason) => {
    await expect(cloud.make('Firewall', { name: 'f', ...inputs })).rejects.toThrow(reason);
  });
});

describe('ReservedIp', () => {
  it('moves from one machine to the other', async () => {
    const [one, two] = [
      await cloud.make('Droplet', dropletInputs()),
      await cloud.make('Droplet', dropletInputs()),
    ];
    const address = await cloud.make('ReservedIp', { region: 'fra1' });
    const assign = (droplet: CloudObject) =>
      cloud.make('ReservedIpAssignment', { ipAddress: address.id, dropletId: Number(droplet.id) });
    const first = await assign(one);
    expect([...(machineOf(one)?.addresses ?? [])]).toEqual([address.id]);
    await assign(two);
    expect([...(machineOf(one)?.addresses ?? [])]).toEqual([]);
    expect([...(machineOf(two)?.addresses ?? [])]).toEqual([address.id]);
    // The first assignment is history: it is gone at the next look, and its end takes nothing away.
    await expect(cloud.objects.read(alice, 'ReservedIpAssignment', first.id)).rejects.toMatchObject({
      status: 404,
    });
    expect([...(machineOf(two)?.addresses ?? [])]).toEqual([address.id]);
    const last = await assign(two);
    await cloud.objects.remove(alice, 'Droplet', two.id);
    // An assignment is no thing of its own: it went with the machine.
    await expect(cloud.objects.read(alice, 'ReservedIpAssignment', last.id)).rejects.toMatchObject({
      status: 404,
    });
    expect((await cloud.objects.read(alice, 'ReservedIp', address.id)).outputs.dropletId).toBeUndefined();
  });
});

describe('SshKey', () => {
  it('has the MD5 fingerprint and is refused twice, by the key and not the name', async () => {
    const key = await cloud.make('SshKey', { name: 'k', publicKey });
    expect(key.outputs.fingerprint).toBe('65:96:2d:fc:e8:d5:a9:11:64:0c:0f:ea:00:6e:5b:bd');
    await expect(cloud.make('SshKey', { name: 'other', publicKey: `${publicKey}-else` })).rejects.toThrow(
      'SSH Key is already in use on your account',
    );
    await cloud.make('SshKey', { name: 'k', publicKey }, bob);
    await expect(cloud.make('SshKey', { name: 'x', publicKey: 'ssh-rsa nonsense' })).rejects.toThrow(
      /Key invalid/,
    );
  });
});

describe('Project', () => {
  it('takes what exists, and a name once', async () => {
    const droplet = await cloud.make('Droplet', dropletInputs());
    const inputs = { name: 'p', environment: 'Staging', resources: [droplet.outputs.dropletUrn] };
    const project = await cloud.make('Project', inputs);
    await expect(cloud.make('Project', inputs)).rejects.toThrow(/already in use/);
    await expect(cloud.make('Project', { name: 'q', environment: 'Testing' })).rejects.toThrow(
      /environment must be/,
    );
    await expect(
      cloud.make('ProjectResources', { project: project.id, resources: ['do:droplet:1'] }),
    ).rejects.toThrow(/resource not found: do:droplet:1/);
  });
});
