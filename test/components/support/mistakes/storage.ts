import type { Mistake } from './mistake.ts';

/** Buckets and repositories. */
export const storage: Mistake[] = [
  ['a region without Spaces', { 'storage.region': 'nyc1' }, 'storage.region', /not a known region/],
  [
    'a second repository without keys',
    { repo2: { endpoint: 's3.example.org', region: 'us-east-1', bucket: 'elsewhere' } },
    'secrets.repo2AccessKey',
    /missing beside repo2/,
  ],
  ['keys of no repository', { 'secrets.repo2SecretKey': 'x' }, 'repo2', /missing beside secrets/],
  [
    'the first repository as the second',
    {
      repo2: {
        endpoint: 'fra1.digitaloceanspaces.com',
        region: 'fra1',
        bucket: 'staging-social-coop-backups',
      },
      'secrets.repo2AccessKey': 'x',
      'secrets.repo2SecretKey': 'x',
    },
    'repo2.bucket',
    /is the first repository/,
  ],
  [
    'one bucket for both',
    { 'storage.media': 'x-y', 'storage.backups': 'x-y' },
    'storage.backups',
    /also the bucket of media/,
  ],
  ['a bucket with a dot', { 'storage.media': 'media.social.coop' }, 'storage.media', /not a bucket name/],
];
