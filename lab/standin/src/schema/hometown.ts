import type { Migration } from './migration.ts';

/** What Hometown adds to Mastodon's schema, whatever Mastodon it is built on. */
export const hometown: Migration[] = [
  {
    version: '20250430090000',
    name: 'AddLocalOnlyToStatuses',
    minor: 404,
    phase: 'pre',
    sql: ['ALTER TABLE statuses ADD COLUMN local_only boolean NOT NULL DEFAULT false'],
  },
];
