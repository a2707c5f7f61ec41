import { expect, test } from 'vitest';
import { completed, configOf } from '../support/config.ts';
import { deploy } from '../support/deploy.ts';
import { set } from '../support/edits.ts';
import { only, staging } from '../support/staging.ts';

test.each(['media', 'backups'])(
  'the bucket of %s is private and keeps old versions for the time asked',
  async (purpose) => {
    const { resources } = await staging({ backupDays: 45, 'storage.region': 'ams3' });
    const { inputs } = only(resources, 'SpacesBucket', `staging-storage-${purpose}`);
    expect(inputs).toEqual({
      name: `staging-social-coop-${purpose}`,
      region: 'ams3',
      acl: 'private',
      versioning: { enabled: true },
      lifecycleRules: [
        { id: 'old-versions', enabled: true, noncurrentVersionExpiration: { days: 45 } },
        { id: 'unfinished-uploads', enabled: true, abortIncompleteMultipartUploadDays: 2 },
      ],
      forceDestroy: true,
    });
  },
);

test('a protected bucket is not emptied to be deleted, an unprotected one is', async () => {
  for (const protect of [true, false]) {
    const { resources } = await staging({ protect });
    for (const name of ['staging-storage-media', 'staging-storage-backups']) {
      const bucket = only(resources, 'SpacesBucket', name);
      expect([bucket.protect, bucket.inputs.forceDestroy]).toEqual([protect, !protect]);
    }
  }
});

test('each purpose has a key of its own that reaches one bucket, and there is no bucket policy beside it', async () => {
  const { resources } = await staging();
  const grants = (purpose: string) =>
    only(resources, 'SpacesKey', `staging-storage-${purpose}-key`).inputs.grants;
  expect(grants('media')).toEqual([{ bucket: 'staging-social-coop-media', permission: 'readwrite' }]);
  expect(grants('backups')).toEqual([{ bucket: 'staging-social-coop-backups', permission: 'readwrite' }]);
  expect(resources.filter(({ type }) => type.includes('SpacesBucketPolicy'))).toEqual([]);
});

test('an edit of a bucket’s name is ignored by bucket and key alike, and reported', async () => {
  const file = completed('staging');
  const { resources } = await deploy(configOf(file));
  const renamed = await deploy(configOf(set(file, { 'storage.media': 'renamed' })), resources);
  expect(only(renamed.resources, 'SpacesBucket', 'staging-storage-media').ignoreChanges).toContain('name');
  expect(only(renamed.resources, 'SpacesKey', 'staging-storage-media-key').inputs.grants).toEqual([
    { bucket: 'staging-social-coop-media', permission: 'readwrite' },
  ]);
  expect(renamed.warnings).toHaveLength(1);
  expect(renamed.warnings[0]).toMatch(
    /^the edit is ignored: the bucket stays staging-social-coop-media — storage\.media, or the domain it follows — /,
  );
});

test('a stack that is brought back takes its buckets over as they are; no other does', async () => {
  const bucket = async (changes: Record<string, unknown>) =>
    only((await staging(changes)).resources, 'SpacesBucket', 'staging-storage-media');
  const back = await bucket({
    recover: { to: 'latest' },
    'storage.media': 'of-old',
    'storage.region': 'ams3',
  });
  expect(back.importId).toBe('ams3,of-old');
  // An import that differs fails, and what cannot be read from the bucket differs.
  expect(back.ignoreChanges.sort()).toEqual(Object.keys(back.inputs).sort());
  const usual = await bucket({});
  expect(usual).toMatchObject({ importId: '', ignoreChanges: ['name', 'region'] });
});
