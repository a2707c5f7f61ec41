import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloud as client } from '../../../lab/cloud/client.ts';
import { Objects } from '../../../lab/cloud/objects.ts';
import { Store } from '../../../lab/cloud/store.ts';
import { callCloud } from '../../../lab/providers/lib/cloud.ts';
import { alice, bob, dropletInputs, type TestCloud, testCloud } from './support.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await testCloud();
  process.env.LAB_CLOUD = cloud.socket;
});
afterEach(async () => {
  delete process.env.LAB_CLOUD;
  await cloud.stop();
});

const droplets = '/v1/digitalocean/Droplet';

describe('accounts', () => {
  it('see their own objects and no others', async () => {
    const { id } = await cloud.make('Droplet', dropletInputs());
    const get = (token?: string) => callCloud('GET', `${droplets}/${id}`, token);
    expect(await get(alice.token)).toMatchObject({ status: 200, body: { id } });
    expect(await get(bob.token)).toMatchObject({ status: 404 });
    expect(await get('stolen')).toMatchObject({
      status: 401,
      body: { message: 'Unable to authenticate you' },
    });
    expect(await get()).toMatchObject({ status: 401 });
    expect((await callCloud('DELETE', `${droplets}/${id}`, bob.token)).status).toBe(404);
    expect(cloud.seen.machines.size).toBe(1);
  });

  it('reach object storage by their key pair', async () => {
    const inputs = { name: 'coop-media', region: 'fra1' };
    const make = (token: string) => callCloud('POST', '/v1/digitalocean/SpacesBucket', token, inputs);
    expect((await make('spaces:ALICE:wrong')).status).toBe(401);
    expect((await make('spaces:ALICE:secret-of-alice')).status).toBe(200);
  });
});

describe('injected failures', () => {
  const fault = (kind: 'rate-limit' | 'out-of-stock' | 'timeout-after', times = 1) =>
    client.fault({ provider: 'digitalocean', type: 'Droplet', op: 'create', kind, times });
  const create = () => callCloud('POST', droplets, alice.token, dropletInputs());

  it('a short rate limit is waited out', async () => {
    await fault('rate-limit', 2);
    expect((await create()).status).toBe(200);
    expect(cloud.seen.created).toBe(1);
  });

  it('a long one is told, and nothing was made', async () => {
    await fault('rate-limit', 100);
    expect((await create()).status).toBe(429);
    expect(cloud.seen.created).toBe(0);
    await client.clearFaults();
    expect((await create()).status).toBe(200);
  });

  it('out of stock is told at once, and nothing was made', async () => {
    await fault('out-of-stock');
    expect(await create()).toMatchObject({ status: 422, body: { message: /not available/ } });
    expect(cloud.seen.created).toBe(0);
  });

  it('a timeout after the create tells what was made', async () => {
    await fault('timeout-after');
    const { status, body } = await create();
    expect(status).toBe(504);
    expect(cloud.seen.machines.has(`do-${body.id}`)).toBe(true);
  });
});

describe('a crash', () => {
  const restart = async () => {
    const store = await Store.open(cloud.file);
    const objects = new Objects(store, cloud.backends);
    return { store, told: await objects.recover() };
  };

  it('between the intent and the machine ends with exactly one machine', async () => {
    // The daemon dies inside createMachine: what stands on disk by then is all a new one knows.
    let onDisk = '';
    const { createMachine } = cloud.backends.machines;
    cloud.backends.machines.createMachine = async (spec) => {
      onDisk = readFileSync(cloud.file, 'utf8');
      await createMachine(spec);
    };
    const { id } = await cloud.make('Droplet', dropletInputs());
    writeFileSync(cloud.file, onDisk);
    const { store, told } = await restart();
    expect(told).toEqual([`creating digitalocean Droplet ${id}`]);
    expect(store.state.objects).toMatchObject([{ id, phase: 'ready', outputs: { status: 'active' } }]);
    expect([...cloud.seen.machines.keys()]).toEqual([`do-${id}`]);
  });

  it('while deleting finishes the deletion', async () => {
    await cloud.make('Droplet', dropletInputs());
    cloud.backends.machines.removeMachine = async () => {
      throw new Error('killed');
    };
    const [droplet] = cloud.store.state.objects;
    await expect(cloud.objects.remove(alice, 'Droplet', droplet?.id ?? '')).rejects.toThrow('killed');
    cloud.backends.machines.removeMachine = async (id) => void cloud.seen.machines.delete(id);
    const { store } = await restart();
    expect(store.state.objects).toEqual([]);
    expect(cloud.seen.machines.size).toBe(0);
  });

  it('keeps what was done before', async () => {
    const { id } = await cloud.make('Droplet', dropletInputs());
    const { store, told } = await restart();
    expect(told).toEqual([]);
    expect(store.state.objects).toMatchObject([{ id, phase: 'ready' }]);
  });
});

describe('the same request again', () => {
  const ask = (extra = {}) => cloud.objects.create(alice, 'Droplet', dropletInputs(extra), 'urn');

  it('gets the same machine as long as no answer was delivered', async () => {
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(first.id).toBe(second.id);
    expect(cloud.seen.created).toBe(1);
  });

  it('gets another one after that: a replacement', async () => {
    const post = () => callCloud('POST', droplets, alice.token, dropletInputs(), 'urn');
    const [first, second] = [await post(), await post()];
    expect(first.body.id).not.toBe(second.body.id);
    expect(cloud.seen.machines.size).toBe(2);
  });

  it('for something else removes what nobody knows of', async () => {
    const first = await ask();
    const second = await ask({ size: 's-4vcpu-8gb' });
    expect([...cloud.seen.machines.keys()]).toEqual([`do-${second.id}`]);
    expect(first.id).not.toBe(second.id);
  });
});

it('a machine that did not boot leaves nothing behind', async () => {
  cloud.backends.machines.createMachine = async () => {
    throw new Error('no memory left');
  };
  await expect(cloud.make('Droplet', dropletInputs())).rejects.toThrow('no memory left');
  expect(cloud.store.state.objects).toEqual([]);
});

it('tests operate machines and change things by hand', async () => {
  const { id } = await cloud.make('Droplet', dropletInputs());
  await client.machine(id, 'freeze');
  expect(cloud.seen.machines.get(`do-${id}`)?.state).toBe('frozen');
  await expect(client.machine('1', 'freeze')).rejects.toThrow(/no machine 1/);
  expect(await client.list('digitalocean', 'Droplet')).toMatchObject([{ id, account: 'alice' }]);
  await client.update('digitalocean', 'Droplet', id, dropletInputs({ name: 'renamed' }));
  expect((await client.everything())[0]?.inputs.name).toBe('renamed');
  await client.remove('digitalocean', 'Droplet', id);
  expect(await client.everything()).toEqual([]);
});

it('the state is for its owner only', async () => {
  await cloud.make('Droplet', dropletInputs());
  expect(statSync(cloud.file).mode & 0o777).toBe(0o600);
});
