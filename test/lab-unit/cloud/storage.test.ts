import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alice, bob, type TestCloud, testCloud } from './support.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await testCloud();
});
afterEach(() => cloud.stop());

const bucket = (name: string, extra = {}) => ({ name, region: 'fra1', ...extra });

describe('SpacesBucket', () => {
  it('has a name nobody else may have, whoever asks', async () => {
    await cloud.make('SpacesBucket', bucket('coop-media'));
    await expect(cloud.make('SpacesBucket', bucket('coop-media'), bob)).rejects.toMatchObject({
      code: 'BucketAlreadyExists',
      status: 409,
    });
  });

  it('stays when it is not empty, unless forceDestroy says otherwise', async () => {
    const { id } = await cloud.make('SpacesBucket', bucket('coop-media'));
    Object.assign(cloud.seen.buckets.get(id) ?? {}, { filled: true });
    await expect(cloud.objects.remove(alice, 'SpacesBucket', id)).rejects.toMatchObject({
      code: 'BucketNotEmpty',
    });
    expect(cloud.store.state.objects[0]?.phase).toBe('ready');
    await cloud.objects.update(alice, 'SpacesBucket', id, bucket('coop-media', { forceDestroy: true }));
    await cloud.objects.remove(alice, 'SpacesBucket', id);
    expect(cloud.seen.buckets.size).toBe(0);
  });

  it.each([
    ['Upper', 'InvalidBucketName'],
    ['a', 'InvalidBucketName'],
    ['with.dot', 'InvalidBucketName'],
  ])('refuses the name %s', async (name, code) => {
    await expect(cloud.make('SpacesBucket', bucket(name))).rejects.toMatchObject({ code });
  });

  it('turns versioning on and is not renamed', async () => {
    const { id } = await cloud.make(
      'SpacesBucket',
      bucket('coop-backups', { versioning: { enabled: true } }),
    );
    expect(cloud.seen.buckets.get(id)?.versioning).toBe(true);
    await expect(cloud.objects.update(alice, 'SpacesBucket', id, bucket('other'))).rejects.toThrow(/renamed/);
  });
});

describe('SpacesKey', () => {
  const grants = (permission: string) => [{ bucket: 'coop-backups', permission }];

  it('reaches what it is granted, beside the account itself, and nothing after its end', async () => {
    await cloud.make('SpacesBucket', bucket('coop-backups'));
    const key = await cloud.make('SpacesKey', { name: 'k', grants: grants('readwrite') });
    expect(key.outputs).toMatchObject({ accessKey: key.id });
    expect(String(key.outputs.secretKey).length).toBeGreaterThan(40);
    expect(cloud.seen.users.get(key.id)).toBe(key.outputs.secretKey);
    const owner = { accessKey: 'ALICE', permission: 'fullaccess' };
    const access = () => cloud.seen.buckets.get('coop-backups')?.grants;
    expect(access()).toEqual([owner, { accessKey: key.id, permission: 'readwrite' }]);
    await cloud.objects.update(alice, 'SpacesKey', key.id, { name: 'k', grants: grants('read') });
    expect(access()).toEqual([owner, { accessKey: key.id, permission: 'read' }]);
    await cloud.objects.remove(alice, 'SpacesKey', key.id);
    expect(access()).toEqual([owner]);
    expect(cloud.seen.users.has(key.id)).toBe(false);
  });

  it('is made beside others at the same time, as are the buckets', async () => {
    const made = ['one', 'two', 'three'].map(async (name) => {
      await cloud.make('SpacesBucket', bucket(`coop-${name}`));
      return cloud.make('SpacesKey', { name, grants: [{ bucket: `coop-${name}`, permission: 'read' }] });
    });
    const keys = await Promise.all(made);
    for (const key of keys) {
      const granted = cloud.seen.buckets.get(`coop-${key.inputs.name}`)?.grants;
      expect(granted?.map(({ accessKey }) => accessKey)).toEqual(['ALICE', key.id]);
    }
    await Promise.all(keys.map(({ id }) => cloud.objects.remove(alice, 'SpacesKey', id)));
    expect([...cloud.seen.users.keys()]).toEqual(['ALICE']);
  });

  it('whose user takes its time does not stop the others', async () => {
    for (const name of ['one', 'two']) await cloud.make('SpacesBucket', bucket(`coop-${name}`));
    const { createUser } = cloud.backends.storage;
    let first = true;
    cloud.backends.storage.createUser = async (user) => {
      const slow = first;
      first = false;
      if (slow) await sleep(50);
      await createUser(user);
    };
    const keys = ['one', 'two'].map((name) =>
      cloud.make('SpacesKey', { name, grants: [{ bucket: `coop-${name}`, permission: 'read' }] }),
    );
    expect(await Promise.all(keys)).toHaveLength(2);
  });

  it('is refused for a bucket of somebody else, an unknown permission, or everything on one bucket', async () => {
    await cloud.make('SpacesBucket', bucket('coop-backups'), bob);
    await expect(cloud.make('SpacesKey', { name: 'k', grants: grants('read') })).rejects.toThrow(/not found/);
    await expect(cloud.make('SpacesKey', { name: 'k', grants: grants('admin') })).rejects.toThrow(
      /invalid permission/,
    );
    await expect(cloud.make('SpacesKey', { name: 'k', grants: grants('fullaccess') })).rejects.toThrow(
      /all buckets/,
    );
  });

  it('and a bucket policy exclude each other', async () => {
    await cloud.make('SpacesBucket', bucket('coop-backups'));
    const policy = {
      bucket: 'coop-backups',
      region: 'fra1',
      policy: '{"Version":"2012-10-17","Statement":[]}',
    };
    const key = await cloud.make('SpacesKey', { name: 'k', grants: grants('read') });
    await expect(cloud.make('SpacesBucketPolicy', policy)).rejects.toThrow(/limited access keys/);
    await cloud.objects.remove(alice, 'SpacesKey', key.id);
    await cloud.make('SpacesBucketPolicy', policy);
    expect(cloud.seen.buckets.get('coop-backups')?.policy).toBe(policy.policy);
    await expect(cloud.make('SpacesKey', { name: 'k', grants: grants('read') })).rejects.toThrow(
      /bucket policy/,
    );
  });
});
